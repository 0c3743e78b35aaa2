'use strict';

/* The landing page: reads the secret from the fragment, takes it out of the address bar, joins, waits at the door. */

const byId = id => document.getElementById(id);
const texts = JSON.parse(document.body.dataset.texts);

/** A text of this page or a sentence of the server in the reader's language, the arguments in place of %1, %2 … */
function __(text, ...values) {
  return (texts[text] || text).replace(
    /%([1-9])/g,
    (place, digit) => values[digit - 1] ?? place
  );
}
const {
  state: initial,
  message: initialMessage,
  open: alreadyOpen,
  role: currentRole,
  base
} = document.body.dataset;
/* Elsewhere below the session the fragment is a place in a document, not a secret. */
const atDoor = ['', 'join'].includes(
  location.pathname.slice(base.length).replace(/\/$/, '')
);
const { secret, assertion, offered, returns, knock } = takeFragment();
let view = null;
let waiting = null;

/** Each way not to get in: a title, what to do next, the button; and what is said in place of the server's message. */
const ENDS = {
  unauthenticated: [
    __('You need the link to this session'),
    __(
      'Ask the host for the invite link. Whoever sent you this address can ask for it, too.'
    ),
    '',
    __(
      'An address from the address bar works only in a browser that has already joined.'
    )
  ],
  not_found: [__('There is nothing here'), '', 'session'],
  forbidden: [__('This is not part of the session'), '', 'session'],
  host_here: [
    __('This is your own session'),
    __(
      'This browser is signed in as the host. To see the session as a guest, open the invite link in a private window or another browser.'
    ),
    'lab',
    ''
  ],
  invite_wrong: [
    __('This link does not work'),
    __('If it still does not open, ask the host for a new one.')
  ],
  invite_expired: [__('This link has expired')],
  invite_used_up: [__('This link is used up')],
  invite_ended: [__('This link was disabled by the host')],
  back_lapsed: [
    __('Open the link to come back'),
    __('The way back of a page lasts 15 minutes after leaving.')
  ],
  session_ended: [
    __('The session has ended'),
    __('What you wrote is in the host’s files.')
  ],
  session_unknown: [__('The session is not running')],
  removed: [
    __('You were removed from the session'),
    __('If this was a mistake, talk to the host.'),
    'again'
  ],
  sign_in_required: [
    __('This link is for people of this JupyterHub'),
    '',
    'reload'
  ],
  not_invited: [
    __('This link is not for you'),
    __(
      'Ask the host to add your account, or sign out of the hub and sign in with another one.'
    ),
    'signInAgain'
  ],
  user_removed: [
    __('You were removed from the session'),
    __('If this was a mistake, talk to the host: they can let you back in.')
  ],
  sign_in_failed: [__('The sign-in did not work'), '', 'signInAgain'],
  hub_service_away: [
    __('The hub does not answer'),
    __('It may be restarting.'),
    'signInAgain'
  ],
  knock_refused: [
    __('The host declined'),
    __('You can ask the host for another link.'),
    'again'
  ],
  knock_lapsed: [
    __('Your request expired'),
    __('This page was away for a while.'),
    'again',
    ''
  ],
  too_many_requests: [__('Too many tries'), '', 'reload'],
  offline: [
    __('The host’s server does not answer'),
    __('It may be asleep or restarting. Try again in a moment.'),
    'reload'
  ],
  host: [
    __('This is your own session'),
    __(
      'This browser is signed in as the host. To see the session as a guest, open the link in a private window or another browser.'
    ),
    'copy'
  ]
};
const BUTTONS = {
  again: [__('Ask again'), () => (secret ? void look() : location.reload())],
  session: [__('Open the session'), () => location.assign(base)],
  lab: [
    __('Open JupyterLab'),
    () => location.assign(`${base.split('/cohost/g/')[0]}/lab`)
  ],
  reload: [__('Try again'), () => location.reload()],
  signInAgain: [
    __('Sign in again'),
    () =>
      void signIn(
        secret ? { secret } : offered ? { offered: true } : { again: true }
      )
  ],
  copy: [__('Copy the link'), copyLink]
};

/**
 * What stands behind the “#”: the link's secret, what the hub's sign-in says, or that the session was found in the hub's
 * list. It leaves the address bar; a secret stays with this tab, so that a reload works, and so does the token of who waits
 * at the door. What begins with “back=” is the way back of who has just left, and asks nothing.
 */
function takeFragment() {
  if (!atDoor) {
    return { secret: '', assertion: '', offered: false };
  }
  const text = location.hash.slice(1);
  if (initial === 'host') {
    return { secret: text, assertion: '', offered: false };
  }
  if (text.startsWith('assertion=')) {
    history.replaceState({}, '', location.pathname);
    return { secret: '', assertion: text.slice(10), offered: false };
  }
  const kept = history.state || {};
  const offered = text === 'offered' || (!text && kept.offered === true);
  const returns = text.startsWith('back=') || (!text && kept.returns === true);
  const given = text.startsWith('back=') ? text.slice(5) : text;
  const secret = offered ? '' : given || kept.secret || '';
  const knock = (!text && kept.knock) || '';
  history.replaceState(
    { secret, offered, returns, knock },
    '',
    location.pathname
  );
  return { secret, assertion: '', offered, returns, knock };
}

function show(id) {
  for (const section of document.querySelectorAll('section')) {
    section.hidden = section.id !== id;
  }
  const heading = document.querySelector(`#${id} h1`);
  document.title = heading.textContent;
  heading.focus();
}

function end(code, message) {
  const [title, next, wanted, instead] = ENDS[code] || [
    __('This did not work'),
    '',
    'reload'
  ];
  /* Asking again takes the link, which only its own page has. */
  const button = wanted === 'again' && !secret ? '' : wanted;
  const says = instead === undefined ? message || '' : instead;
  byId('end-title').textContent = title;
  byId('end-message').textContent = withoutRepeat(title, says);
  byId('end-next').textContent = next || '';
  const action = byId('end-action');
  action.hidden = !button;
  if (button) {
    action.textContent = BUTTONS[button][0];
    action.onclick = BUTTONS[button][1];
  }
  show('end');
}

/** The message without a first sentence that is the title once more. */
function withoutRepeat(title, message) {
  const repeated = `${title}.`;
  return message.startsWith(repeated)
    ? message.slice(repeated.length).trim()
    : message;
}

/** POSTs JSON to the session. Resolves to the answer's JSON; rejects with {code, message}. */
async function post(endpoint, body, signal) {
  let response;
  try {
    response = await fetch(base + endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal
    });
  } catch (error) {
    throw {
      code: signal && signal.aborted ? 'aborted' : 'offline',
      message: ''
    };
  }
  const answer = await response
    .json()
    .catch(() => ({ code: 'offline', message: '' }));
  if (!response.ok) {
    throw { ...answer, message: sentenceOf(answer) };
  }
  return answer;
}

/** What the server says, in the reader's language. */
function sentenceOf({ message, template, arguments: values }) {
  return template ? __(template, ...values) : __(message || '');
}

/** A name that its own direction of writing does not spread from. */
function isolated(name) {
  const text = document.createElement('bdi');
  text.textContent = name;
  return text;
}

async function look() {
  if (!secret) {
    end(
      'invite_wrong',
      __('This link is incomplete: the part after “#” is missing.')
    );
    return;
  }
  try {
    view = await post('invite', { secret });
  } catch (error) {
    const lapsed = returns && error.code === 'invite_wrong';
    end(lapsed ? 'back_lapsed' : error.code, lapsed ? '' : error.message);
    return;
  }
  if (alreadyOpen && view.role === currentRole) {
    enter(alreadyOpen);
    return;
  }
  fillForm();
  show('form');
  if (returns && !isLimited() && byId('name').value) {
    await join();
    return;
  }
  byId(isLimited() ? 'submit' : 'name').focus();
}

function isLimited() {
  return view !== null && view.audience !== 'any';
}

/** Goes to the hub, which comes back here; whoever is in already goes straight in. */
async function signIn(how) {
  try {
    const { url } = await post('sign-in', how);
    location.assign(url);
  } catch (error) {
    end(error.code, error.message);
  }
}

/** The hub's list leads here; a browser that is in does not sign in again. */
async function openOffered() {
  const me = await fetch(`${base}me`, { cache: 'no-store' }).catch(() => null);
  if (me && me.ok) {
    enter('lab');
  } else {
    await signIn({ offered: true });
  }
}

/** Back from the hub. */
async function joinIdentified() {
  const color = remembered('cohost-color');
  try {
    const answer = await post('join', {
      assertion,
      color: color === '' ? null : Number(color)
    });
    if (answer.state === 'joined') {
      enter(answer.open);
    } else {
      byId('back').hidden = true;
      await wait(answer.token);
    }
  } catch (error) {
    end(error.code, error.message);
  }
}

/** A page that waited and was loaded anew waits on, also when the link is over meanwhile. */
async function waitOn() {
  if (secret) {
    view = await post('invite', { secret }).catch(() => null);
  }
  if (view) {
    fillForm();
  }
  byId('back').hidden = !view;
  try {
    await wait(knock);
  } catch (error) {
    end(error.code, error.message);
  }
}

/** What a reload finds of this wait: its token, "" when it is over. */
function keepWaiting(token) {
  history.replaceState({ ...history.state, knock: token }, '');
}

const AUDIENCES = {
  members: __(
    'For people with an account on this JupyterHub. You take part under the name of your account.'
  ),
  users: __(
    'For people whom the host has named. You take part under the name of your account on this JupyterHub.'
  ),
  groups: __(
    'For certain groups of this JupyterHub. You take part under the name of your account.'
  )
};

const ALLOWED = {
  viewer: __('You can read along and chat.'),
  editor: __('You can edit and chat.'),
  runner: __('You can edit, run code and chat.')
};

/** The palette's colours, for who does not see them. */
const COLORS = [
  ...[__('orange'), __('amber'), __('olive'), __('green'), __('teal')],
  ...[__('cyan'), __('blue'), __('indigo'), __('violet'), __('purple')],
  ...[__('pink'), __('red')]
];
document
  .querySelectorAll('.colors .hidden-text')
  .forEach((name, index) => (name.textContent = COLORS[index]));

function fillForm() {
  byId('invitation').replaceChildren(
    ...__('%1 invites you to %2')
      .split(/(%[12])/)
      .map(part => {
        const name = { '%1': view.host.name, '%2': view.title }[part];
        return name === undefined ? part : isolated(name);
      })
  );
  byId('allowed').textContent = ALLOWED[view.role] || '';
  const names = view.items.map(
    item =>
      (item.path || __('Everything in this folder')) +
      (item.type === 'directory' && item.path ? '/' : '')
  );
  byId('items-count').textContent =
    names.length === 1
      ? __('Shared: %1', names[0])
      : __('%1 items are shared', names.length);
  byId('items').replaceChildren(
    ...names.map(name => {
      const entry = document.createElement('li');
      entry.append(isolated(name));
      return entry;
    })
  );
  const audience = byId('audience');
  audience.hidden = !isLimited();
  audience.textContent = AUDIENCES[view.audience] || '';
  byId('name-box').hidden = isLimited();
  byId('submit').textContent = isLimited()
    ? __('Sign in with JupyterHub')
    : __('Join session');
  byId('sign-in').hidden = isLimited() || !view.sign_in;
  byId('knock-hint').hidden = !view.knock;
  const expires = byId('expires');
  expires.hidden = view.expires_at === null;
  if (view.expires_at !== null) {
    const when = new Date(view.expires_at).toLocaleString(
      document.documentElement.lang,
      {
        dateStyle: 'medium',
        timeStyle: 'short'
      }
    );
    expires.textContent = __('This link works until %1.', when);
  }
  byId('name').maxLength = view.names.max;
  byId('name').value = byId('name').value || remembered('cohost-name');
  const color =
    remembered('cohost-color') ||
    String(
      Math.floor(
        Math.random() * document.querySelectorAll('[name=color]').length
      )
    );
  const radio =
    document.querySelector(`[name=color][value="${CSS.escape(color)}"]`) ||
    document.querySelector('[name=color]');
  radio.checked = true;
}

async function join() {
  const name = byId('name').value.trim();
  const color = Number(document.querySelector('[name=color]:checked').value);
  remember('cohost-name', name);
  remember('cohost-color', String(color));
  problem('');
  if (isLimited()) {
    await signIn({ secret });
    return;
  }
  byId('submit').disabled = true;
  try {
    const answer = await post('join', { secret, name, color });
    if (answer.state === 'joined') {
      enter(answer.open);
    } else {
      await wait(answer.token);
    }
  } catch (error) {
    if (ENDS[error.code] && error.code !== 'offline') {
      end(error.code, error.message);
    } else {
      problem(
        error.message ||
          __('The host’s server does not answer. Try again in a moment.')
      );
    }
  } finally {
    byId('submit').disabled = false;
  }
}

async function wait(token) {
  waiting = { token, controller: new AbortController() };
  const { signal } = waiting.controller;
  byId('waiting-for').hidden = !view;
  byId('waiting-host').textContent = view ? view.host.name : '';
  byId('waiting-title').textContent = view ? view.title : '';
  show('knocking');
  keepWaiting(token);
  for (;;) {
    try {
      const answer = await post('knock', { token }, signal);
      byId('trouble').hidden = true;
      if (answer.state === 'joined') {
        byId('live').textContent = __('You are in. Opening the documents.');
        enter(answer.open);
        return;
      }
    } catch (error) {
      if (error.code === 'aborted') {
        return;
      }
      if (error.code !== 'offline') {
        keepWaiting('');
        throw error;
      }
      byId('trouble').hidden = false;
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}

function goBack() {
  if (waiting) {
    waiting.controller.abort();
    post('knock', { token: waiting.token, withdraw: true }).catch(
      () => undefined
    );
    waiting = null;
    keepWaiting('');
  }
  show('form');
  byId('name').focus();
}

function enter(path) {
  location.replace(base + path);
}

function problem(text) {
  const place = byId('problem');
  place.textContent = text;
  place.hidden = !text;
}

async function copyLink() {
  const link = location.href;
  try {
    await navigator.clipboard.writeText(link);
    byId('live').textContent = __('The link is copied.');
    byId('end-action').textContent = __('Copied');
  } catch (error) {
    byId('end-message').textContent = link;
  }
}

/** Storage may be switched off; then nothing is remembered. */
function remembered(key) {
  try {
    return localStorage.getItem(key) || '';
  } catch (error) {
    return '';
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (error) {
    /* not remembered */
  }
}

byId('join').addEventListener('submit', event => {
  event.preventDefault();
  void join();
});
byId('back').addEventListener('click', goBack);
byId('sign-in').addEventListener('click', () => {
  remember(
    'cohost-color',
    document.querySelector('[name=color]:checked').value
  );
  void signIn({ secret });
});
window.addEventListener('pagehide', () => {
  if (waiting) {
    waiting.controller.abort();
  }
});

/* Another link to the same session, put into the address bar, changes the fragment only: the page begins anew with it. */
if (atDoor) {
  window.addEventListener('hashchange', () => {
    if (location.hash.length > 1) {
      location.reload();
    }
  });
}

const canEnter = ['form', 'in', 'removed'].includes(initial);
if (initial === 'unauthenticated' && `${location.pathname}/` === base) {
  /* The credential goes with addresses below the slash only. */
  location.replace(base + (secret ? `#${secret}` : ''));
} else if (knock && ['form', 'removed'].includes(initial)) {
  void waitOn();
} else if (secret && initial === 'unauthenticated') {
  void look();
} else if (assertion && canEnter) {
  void joinIdentified();
} else if (offered && initial === 'form') {
  void openOffered();
} else if (initial === 'form' || (initial === 'in' && secret)) {
  void look();
} else if (initial === 'in') {
  enter(alreadyOpen);
} else {
  end(initial, initialMessage);
}
