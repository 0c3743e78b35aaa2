import { LabIcon } from '@jupyterlab/ui-components';

/** An eye; drawn for this project. */
export const followIcon = new LabIcon({
  name: 'cohost:follow',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M8 3c3.3 0 6 2 7.5 5-1.5 3-4.2 5-7.5 5S2 11 .5 8C2 5 4.7 3 8 3zm0 1.5C5.5 4.5 3.5 5.8 2.2 8c1.3 2.2 3.3 3.5 5.8 3.5s4.5-1.3 5.8-3.5C12.5 5.8 10.5 4.5 8 4.5zM8 5.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z"/>
</svg>`
});
