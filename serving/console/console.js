/* oxlint-disable no-unused-vars -- the pages that take this in use them */
/* What the pages of the console share: the key in use, the language, asking the API, and putting answers on the page as text. */
const everywhere = {
  en: {
    key: 'Key',
    useKey: 'Use this key',
    keyHelp:
      'This page keeps the key until this tab is closed, and sends it to this server alone. `probity keys create` makes one.',
    leave: 'Forget the key',
    inbox: 'Inbox',
  },
  'zh-CN': {
    key: '密钥',
    useKey: '使用此密钥',
    keyHelp: '本页仅在此标签页关闭前保留密钥，且只发送给本服务器。可用 `probity keys create` 生成密钥。',
    leave: '清除密钥',
    inbox: '收件箱',
  },
};
const $ = (id) => document.getElementById(id);
let language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
const keptKey = 'probity-key';
/** A word of the page, or of all pages. */
const t = (key) => texts[language][key] ?? everywhere[language][key];
const element = (tag, content, className) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const part of [content].flat()) node.append(part ?? '');
  return node;
};
const table = (head, rows) =>
  element('table', [
    element(
      'thead',
      element(
        'tr',
        head.map((text) => element('th', text)),
      ),
    ),
    element(
      'tbody',
      rows.map((cells) =>
        element(
          'tr',
          cells.map((cell) => element('td', cell)),
        ),
      ),
    ),
  ]);
const ask = async (path, body) => {
  const key = sessionStorage.getItem(keptKey);
  const response = await fetch(path, {
    headers: {
      'accept-language': language,
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return { ok: response.ok, status: response.status, body: await response.json() };
};
const problemNodes = (problem) => [
  element('p', `${problem.detail} ${problem.fix}`, 'problem'),
  ...problem.problems.map((item) => element('p', `${item.at}: ${item.message}`, 'problem')),
];

/** How many entries of the inbox are unread, where the page says so; null: nobody is known. */
let unread = null;
function showUnread() {
  const link = $('toInbox');
  if (link) link.textContent = unread ? `${t('inbox')} (${unread})` : t('inbox');
}
async function countUnread() {
  const count = sessionStorage.getItem(keptKey) ? await ask('/v1/inbox:count') : null;
  unread = count?.ok ? count.body.unread : null;
  showUnread();
}
/** Asks for a key where there is none that is good, and has the page show what the key may see, anew in another language. */
function start({ show, speak, forget }) {
  const words = () => {
    document.documentElement.lang = language;
    $('language').value = language;
    for (const node of document.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text);
    showUnread();
  };
  const enter = async () => {
    const me = sessionStorage.getItem(keptKey) ? await ask('/v1/me') : null;
    const isKnown = me !== null && me.status !== 401;
    for (const node of document.querySelectorAll('section')) node.hidden = !isKnown;
    $('enter').hidden = isKnown;
    $('who').hidden = !isKnown;
    $('actor').textContent = me?.ok ? `${me.body.actor} (${me.body.roles.join(', ')})` : '';
    if (me !== null && !isKnown) {
      sessionStorage.removeItem(keptKey);
      $('enter').append(element('p', `${me.body.detail} ${me.body.fix}`, 'problem'));
    }
    if (isKnown) void countUnread();
    await show(isKnown);
  };
  $('enter').addEventListener('submit', (event) => {
    event.preventDefault();
    for (const node of document.querySelectorAll('#enter .problem')) node.remove();
    sessionStorage.setItem(keptKey, new FormData(event.target).get('key').trim());
    event.target.reset();
    void enter();
  });
  $('leave').addEventListener('click', () => {
    sessionStorage.removeItem(keptKey);
    forget();
    void enter();
  });
  $('language').addEventListener('change', (event) => {
    language = event.target.value;
    words();
    speak();
  });
  words();
  void enter();
}
