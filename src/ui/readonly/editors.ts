import { Compartment, EditorState, Extension, Prec } from '@codemirror/state';
import { EditorView, ViewPlugin } from '@codemirror/view';
import { YNotebook } from '@jupyter/ydoc';
import { CodeEditor } from '@jupyterlab/codeeditor';
import {
  EditorExtensionRegistry,
  IEditorExtensionFactory,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';

import { OpenRoom, OpenRooms } from '../../drive';
import { IReadOnlyHint } from '../../tokens';

/** The room of an editor: its own document, or the notebook of its cell. */
export function roomOfEditor(
  rooms: OpenRooms,
  { sharedModel }: CodeEditor.IModel
): OpenRoom | undefined {
  const { notebook } = sharedModel as { notebook?: YNotebook | null };
  return rooms.of(notebook ?? sharedModel);
}

function isTyping(event: KeyboardEvent): boolean {
  return (
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    (event.key.length === 1 ||
      ['Backspace', 'Delete'].includes(event.key) ||
      (event.key === 'Enter' && !event.shiftKey))
  );
}

/** CodeMirror takes the first value of the facet: nothing is said while this person may edit. */
function whileReading(room: OpenRoom, hint: () => void): Extension {
  if (room.provider.may('edit')) {
    return [];
  }
  return [
    Prec.highest(EditorState.readOnly.of(true)),
    EditorView.editorAttributes.of({ 'aria-readonly': 'true' }),
    EditorView.domEventHandlers({
      keydown: event => {
        if (isTyping(event)) {
          hint();
        }
        return false;
      },
      paste: () => {
        hint();
        return false;
      }
    })
  ];
}

/** Makes an editor of a shared document readable only while its person may not edit, and editable at once when they may. */
export function readOnlyExtension(room: OpenRoom, hint: () => void): Extension {
  const compartment = new Compartment();
  const follow = ViewPlugin.define(view => {
    const change = () =>
      view.dispatch({
        effects: compartment.reconfigure(whileReading(room, hint))
      });
    room.provider.identityChanged.connect(change);
    return {
      destroy: () => void room.provider.identityChanged.disconnect(change)
    };
  });
  return [compartment.of(whileReading(room, hint)), follow];
}

/** Adds it to every editor of a shared document. */
export function registerReadOnlyEditors(
  registry: IEditorExtensionRegistry,
  rooms: OpenRooms,
  hint: (hint: IReadOnlyHint) => void
): void {
  const factory: IEditorExtensionFactory = {
    name: 'jupyterlab-cohost:readonly',
    factory: ({ model }) => {
      const room = roomOfEditor(rooms, model);
      return room
        ? EditorExtensionRegistry.createImmutableExtension(
            readOnlyExtension(room, () => hint({ room, capability: 'edit' }))
          )
        : null;
    }
  };
  registry.addExtension(factory);
}
