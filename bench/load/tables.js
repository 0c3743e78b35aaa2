/** What the report shows: headings, and how a column is read from a line of results. */

const pair = latency => (latency ? `${latency.p50} / ${latency.p95}` : '–');
const yes = value => (value === undefined ? '–' : value ? 'yes' : '**no**');

const scenario = name =>
  name.includes('s1') ? 'one types' : 'everybody types';
const join = figures => figures && Object.values(figures).join(' / ');

const perPerson = r =>
  Math.round(((r.received_mib * 1024) / r.options.people / r.wall_s) * 10) / 10;

function typing() {
  return [
    ['people', r => r.options.people],
    ['server', r => r.target],
    ['ms p50 / p95', r => pair(r.latency_ms)],
    ['p99', r => r.latency_ms?.p99],
    ['delivered', r => r.delivered],
    ['after the last key s', r => r.drain_s],
    ['frames', r => r.frames],
    ['server CPU s', r => `${r.server_cpu_s} in ${r.wall_s}`],
    ['MiB', r => r.memory_mib],
    ['all equal', r => yes(r.same)],
    ['generator late p99 ms', r => r.generator_late_p99_ms]
  ];
}

function moving() {
  return [
    ['server', r => r.target],
    ['keys ms p50 / p95', r => pair(r.latency_ms)],
    ['age of a cursor ms p50 / p95', r => pair(r.cursors?.age_ms)],
    ['last state at all after ms', r => r.cursors?.last_state_settled_ms],
    ['pairs without it', r => r.cursors?.pairs_without_last_state],
    ['KiB/s for each person', perPerson],
    ['server CPU s', r => `${r.server_cpu_s} in ${r.wall_s}`],
    ['generator late p99 ms', r => r.generator_late_p99_ms]
  ];
}

function rooms() {
  const figures = key => r =>
    r.before && [r.before[key], r.open[key], r.after[key]].join(' / ');
  return [
    ['documents', r => r.documents],
    ['sockets', r => r.sockets],
    ['opened in s', r => r.open_all_s],
    ['KiB per document', r => r.kib_per_document],
    ['MiB before / open / left', figures('memory_mib')],
    ['descriptors', figures('descriptors')],
    ['idle CPU %', figures('idle_percent')],
    ['descriptors back after s', r => r.descriptors_back_s],
    ['left read after s', r => r.after_s]
  ];
}

/** Heading, which lines, and columns: `[name, value]`. */
export const TABLES = [
  [
    'Servers side by side (the comparison bench; one round)',
    'compare-',
    [
      ['scenario', r => `${scenario(r.name)}, ${r.options.clients} people`],
      ['server', r => r.target],
      ['ms p50 / p95', r => pair(r.latency_ms)],
      ['server CPU s', r => r.server_cpu_s],
      ['delivered', r => `${r.delivered}/${r.expected}`],
      ['generator late p99 ms', r => r.client_loop_lag_p99_ms]
    ]
  ],
  ['Everybody types 5 keys a second in one text', 'typing', typing()],
  [
    'Everybody moves a cursor, one types',
    'cursors',
    [
      ['cursors', r => `${r.options.people} × ${r.options.cursorRate}/s`]
    ].concat(moving())
  ],
  [
    'One types, the others watch and move cursors',
    'watching',
    [
      ['watchers', r => r.options.people - 1],
      ['moves', r => `${r.options.cursorRate} Hz`]
    ].concat(moving())
  ],
  ['1,000 people in one document, 10 type', 'crowd', typing()],
  [
    'Opening, from the request to the document in the client (without a page)',
    'opening',
    [
      ['document', r => r.options.document],
      ['server', r => r.target],
      ['first ms', r => r.first?.applied_ms],
      ['second ms', r => r.second?.applied_ms],
      ['20 at once, all ms', r => r.at_once?.all_received_ms],
      ['whole', r => yes(r.first?.complete && r.second?.complete)],
      ['CPU s', r => r.cpu_s],
      [
        'MiB before / open / most / left',
        ({ memory_mib: m }) =>
          m && [m.before, m.afterFirst, m.most, m.left].join(' / ')
      ]
    ]
  ],
  [
    'A text with a long history, opened from the journal',
    'history',
    [
      ['edits', r => r.edits],
      ['characters left', r => r.characters],
      ['acknowledged after s', r => r.acknowledged_s],
      ['server CPU s', r => r.server_cpu_s],
      ['Yjs history kB', r => r.history_kb],
      ['journal kB (all documents)', r => r.journal_kb],
      ['opened again ms', r => r.again?.applied_ms],
      ['same text without history ms', r => r.without_history?.applied_ms],
      ['whole', r => yes(r.again?.complete && r.acknowledged)]
    ]
  ],
  [
    'First cell on screen in Chromium, seconds (median)',
    'browser',
    [
      ['', r => r.setup],
      ['20 cells', r => r.seconds['20 cells']],
      ['2,000 cells', r => r.seconds['2,000 cells']],
      ['10 MB of outputs', r => r.seconds['10 MB of outputs']]
    ]
  ],
  ['200 documents with 2 people each, all leave at once', 'rooms', rooms()],
  ['1,000 open documents', 'documents', rooms()],
  [
    'Guests who only watch',
    'guests',
    [
      ['guests', r => r.guests],
      ['KiB each', r => r.kib_per_guest],
      ['CPU to enter, ms each', r => r.cpu_ms_per_guest],
      ['CPU while idle, % of a core', r => r.idle_percent],
      ['MiB before / there / left', r => join(r.memory_mib)]
    ]
  ],
  [
    'Soak: open, type, leave, rooms given back, again',
    'soak',
    [
      ['cycles', r => r.cycles],
      ['visits', r => r.visits],
      ['edits', r => r.edits],
      ['CPU s', r => r.cpu_s],
      ['MiB after each cycle', r => r.memory_mib?.join(', ')],
      ['descriptors', r => r.descriptors?.join(', ')],
      ['MiB per 1,000 visits', r => r.growth_mib_per_1000_visits]
    ]
  ]
];
