/*
 * page: what a browser gets: page.html and page.js, as they are in this folder.
 *
 * Both hold no data and need no token: every local user may ask for them.  The script
 * asks the interface, with the token that its user has.
 */
#ifndef PAGE_H
#define PAGE_H

/* Texts that live as long as the program. */
extern const char page_html[], page_js[];

#endif
