import { LabIcon } from '@jupyterlab/ui-components';

/** Two people at one table; drawn for this project. */
export const shareIcon = new LabIcon({
  name: 'cohost:share',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <circle cx="5" cy="4.5" r="2.5"/>
    <path d="M.5 13.5c0-3 2-5 4.500-5s4.500 2 4.500 5z"/>
    <path d="M11.250 4h1.500v2.250H15v1.500h-2.250V10h-1.500V7.750H9.500v-1.500h1.750z"/>
  </g>
</svg>`
});
