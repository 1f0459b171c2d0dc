/**
 * The dashboard in Chromium: time to the first view with data, and frames while a week of data is zoomed and moved.
 * Usage: node bench/dashboard.mjs [URL of a running service]; by hand, as it needs Chromium and a service with data.
 */
import { chromium } from 'playwright-core';

const url = process.argv[2] ?? 'http://localhost:8080/';
const LOADS = 5;
const GESTURES = 240;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** From the start of the navigation to the first path that is drawn, ms; each load in a profile of its own. */
async function firstView(query, drawn) {
  const times = [];
  for (let load = 0; load < LOADS; load++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    // Inside the page, frame by frame: asking from outside would cost more than what is measured.
    await page.addInitScript(`window.shownAtMs = new Promise((resolve) => {
      const look = () => {
        if (${drawn}) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    })`);
    await page.goto(`${url}${query}`);
    times.push(await page.evaluate('window.shownAtMs'));
    await context.close();
  }
  return times;
}

async function busyMs(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
}

/** Times between frames while Ctrl + wheel zooms and a sideways wheel moves a week of five-minute data, ms. */
async function gestureFrames() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${url}?view=zone`);
  await page.locator('#past-choice button', { hasText: '7 d' }).click();
  await page.locator('#temperature-chart canvas').waitFor();
  const session = await page.context().newCDPSession(page);
  // The main thread's own time: what it costs, however busy the machine is.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const beforeMs = await busyMs(session);
  const frames = await page.evaluate(`new Promise((resolve) => {
    const over = document.querySelector('#chart .u-over');
    const box = over.getBoundingClientRect();
    const frames = [];
    let before = performance.now();
    let count = 0;
    const step = (now) => {
      frames.push(now - before);
      before = now;
      if (count++ >= ${GESTURES}) { resolve(frames.slice(2)); return; }
      const zoom = count % 4 < 2;
      const deltaY = zoom ? (count % 80 < 40 ? -60 : 60) : 0;
      const init = { bubbles: true, cancelable: true, ctrlKey: zoom, deltaX: zoom ? 0 : (count % 60 < 30 ? 30 : -30), deltaY, clientX: box.left + box.width * 0.6, clientY: box.top + 50 };
      over.dispatchEvent(new WheelEvent('wheel', init));
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  const workMs = (await busyMs(session)) - beforeMs;
  await page.close();
  return { frames, workMs };
}

const show = (name, values) =>
  console.log(
    `${name}: median ${quantile(values, 0.5).toFixed(1)} ms, p95 ${quantile(values, 0.95).toFixed(1)} ms, ` +
      `longest ${Math.max(...values).toFixed(1)} ms (n = ${values.length})`,
  );
show('first view, all zones', await firstView('', `document.querySelector('.mini-path[d^="M"]')`));
show(
  'first view, one zone',
  await firstView(
    '?view=zone',
    `document.querySelector('#chart canvas') && document.querySelector('#chart[data-origin]')`,
  ),
);
const { frames, workMs } = await gestureFrames();
show('time between frames, a week zoomed and moved', frames);
console.log(
  `frames of at most 17.5 ms: ${((100 * frames.filter((ms) => ms <= 17.5).length) / frames.length).toFixed(1)} %`,
);
console.log(`main thread's work a frame: ${(workMs / frames.length).toFixed(2)} ms`);
await browser.close();
