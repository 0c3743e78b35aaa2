import { LabIcon } from '@jupyterlab/ui-components';

/** Two speech balloons; drawn for this project. */
export const chatIcon = new LabIcon({
  name: 'cohost:chat',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <path d="M2 2h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H5l-3 2.500V9a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1z"/>
    <path d="M12.500 5.500H14a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1v2.500l-3-2.500H7a1 1 0 0 1-1-1v-.750h5.500a1 1 0 0 0 1-1z"/>
  </g>
</svg>`
});
