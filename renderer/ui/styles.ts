/** What every primitive stands on: the fonts, the tokens and the ground of the page. Its styles come before those of all that is drawn. */
import './fonts.css';
import './tokens.css';
import './base.css';
