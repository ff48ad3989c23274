/** The model card: what a model is for, what it rests on, how it behaves and where it ends, on one page. */
export { renderModelCard, type CardOptions } from './card.ts';
