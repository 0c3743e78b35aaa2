import { Menu, MenuBar } from '@lumino/widgets';

const HIDDEN = 'jp-cohost-hidden';

/** Whether a menu has anything to offer now. */
function hasItems(menu: Menu): boolean {
  return menu.items.some(item => item.type !== 'separator' && item.isVisible);
}

/** Lumino shows a submenu however empty it is; here it hides with its last item. */
function watchSubmenus(menu: Menu, seen: WeakSet<object>): void {
  menu.items.forEach(item => {
    const { submenu } = item;
    if (item.type !== 'submenu' || !submenu) {
      return;
    }
    if (!seen.has(item)) {
      seen.add(item);
      Object.defineProperty(item, 'isVisible', {
        get: () => hasItems(submenu)
      });
    }
    watchSubmenus(submenu, seen);
  });
}

/** Hides submenus and whole menus that have nothing left; to be called again when items or rights change. */
export class EmptyMenus {
  update(bar: MenuBar | null, ...others: readonly Menu[]): void {
    others.forEach(menu => watchSubmenus(menu, this._seen));
    bar?.menus.forEach(menu => {
      watchSubmenus(menu, this._seen);
      this._toggle(menu);
    });
  }

  private _toggle(menu: Menu): void {
    const classes = new Set(menu.title.className.split(' ').filter(Boolean));
    if (hasItems(menu)) {
      classes.delete(HIDDEN);
    } else {
      classes.add(HIDDEN);
    }
    menu.title.className = [...classes].join(' ');
  }

  private readonly _seen = new WeakSet<object>();
}
