export { followCells } from './followCells';
