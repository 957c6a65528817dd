/*
 * What the page shows.  All of it comes from the service's own interface, with the
 * token, and goes into the page as text, never as markup: names of projects, columns
 * and models are foreign words.
 *
 * The token comes in the address's fragment (#...), which browsers do not send, or is
 * typed in.  It stays in this tab.
 */
'use strict';

const EVERY = 2000; // milliseconds between two looks
const FAILED = 5; // jobs that failed are told, the last of them
// drawn and final: the blueprint whose picture is shown, and whether it is the last one
const view = {project: null, model: null, shown: {}, drawn: null, final: false};
const at = id => document.getElementById(id);

function takeToken() {
	if (location.hash.length > 1) {
		sessionStorage.setItem('token', location.hash.slice(1));
		history.replaceState(null, '', location.pathname);
	}
	return sessionStorage.getItem('token');
}

// The answer, or null where there is none of it.
async function get(path) {
	const answer = await fetch('/api/v2/' + path, {
		headers: {Authorization: 'Token ' + sessionStorage.getItem('token')},
		cache: 'no-store',
	});
	if (answer.status === 401) {
		sessionStorage.removeItem('token');
		throw new Error('the token is not the one of this service');
	}
	if (answer.status === 404)
		return null;
	if (!answer.ok)
		throw new Error(`${path}: ${answer.status}`);
	return answer.json();
}

function element(name, text, classes) {
	const e = document.createElement(name);
	if (text !== undefined && text !== null)
		e.textContent = text;
	if (classes)
		e.className = classes;
	return e;
}

// Whether what is to be shown differs from what is shown.
function differs(what, value) {
	const text = JSON.stringify(value);
	if (view.shown[what] === text)
		return false;
	view.shown[what] = text;
	return true;
}

/*
 * Fill a table.  Columns are [title, isNumber]; rows are {cells, marks, chosen, choose},
 * the marks behind the first cell.
 */
function fill(id, columns, rows, otherwise) {
	const table = at(id), head = element('tr'), body = element('tbody');
	for (const [title, number] of columns) {
		const th = element('th', title, number ? 'number' : '');
		th.scope = 'col';
		head.append(th);
	}
	for (const row of rows) {
		const tr = element('tr', null, row.chosen ? 'chosen' : '');
		row.cells.forEach((text, i) => {
			const td = element('td', null, columns[i][1] ? 'number' : '');
			if (i === 0 && row.choose) {
				td.append(element('button', text, 'row'));
				tr.addEventListener('click', row.choose);
			} else {
				td.textContent = text === null || text === undefined ? '' : text;
			}
			if (i === 0)
				for (const mark of row.marks || [])
					td.append(element('span', mark, 'mark'));
			tr.append(td);
		});
		body.append(tr);
	}
	if (!rows.length) {
		const td = element('td', otherwise, 'quiet');
		td.colSpan = columns.length;
		const tr = element('tr');
		tr.append(td);
		body.append(tr);
	}
	const thead = element('thead');
	thead.append(head);
	table.replaceChildren(thead, body);
}

const score = v => typeof v === 'number' ? v.toFixed(5) : '';

function choose(what, id) {
	view[what] = id;
	if (what === 'project')
		view.model = null;
	look();
}

async function showProjects() {
	const list = await get('projects/');
	if (!list.some(p => p.id === view.project))
		view.project = list.length ? list[0].id : null;
	if (differs('projects', [list, view.project]))
		fill('projects',
			[['Project'], ['Target'], ['Kind'], ['Metric'], ['Holdout'], ['Created']],
			list.map(p => ({
				cells: [p.projectName, p.target, p.targetType, p.metric,
					p.holdoutUnlocked ? 'unlocked' : 'locked',
					new Date(p.created).toLocaleString()],
				chosen: p.id === view.project,
				choose: () => choose('project', p.id),
			})), 'There is no project yet.');
	return list.find(p => p.id === view.project);
}

async function showModels(project) {
	const [list, status, recommended] = await Promise.all([
		get(`projects/${project.id}/models/`),
		get(`projects/${project.id}/status/`),
		get(`projects/${project.id}/recommendedModels/`),
	]);
	if (!list || !status)
		return null;
	const types = new Map((recommended || []).map(r => [r.modelId, r.recommendationType]));
	if (!list.some(m => m.id === view.model))
		view.model = list.length ? list[0].id : null;
	if (differs('models', [list, status, recommended, view.model])) {
		const scores = m => m.metrics[project.metric] || {};
		at('which').textContent = `Models of ${project.projectName}`;
		at('state').textContent = project.stage !== 'modeling' ? status.stageDescription :
			`${list.length} ${list.length === 1 ? 'model' : 'models'}; ` + (status.autopilotDone ?
				'nothing is trained by itself at the moment' : 'the autopilot is at work');
		fill('models',
			[['Model'], ['Number', true], ['Columns'], ['Sample %', true],
				['Validation', true], ['Cross validation', true], ['Holdout', true]],
			list.map(m => ({
				cells: [m.modelType, m.modelNumber, m.featurelistName,
					Number(m.samplePct.toFixed(2)),
					score(scores(m).validation), score(scores(m).crossValidation),
					score(scores(m).holdout)],
				marks: [types.get(m.id), m.modelCategory !== 'model' && m.modelCategory,
					m.isFrozen && 'frozen', m.isStarred && 'starred'].filter(mark => mark),
				chosen: m.id === view.model,
				choose: () => choose('model', m.id),
			})), 'No model has been trained yet.');
	}
	return list.find(m => m.id === view.model);
}

// The last jobs that failed, the last one first.
async function failedJobs(project) {
	const path = `projects/${project.id}/jobs/?watch=true&status=error&limit=${FAILED}`;
	const page = await get(path);
	if (!page || page.count <= FAILED)
		return page ? page.jobs.reverse() : [];
	const last = await get(`${path}&offset=${page.count - FAILED}`);
	return last ? last.jobs.reverse() : [];
}

async function showQueue(project) {
	// watch: a look that clients must not take for theirs
	const [page, failed] = await Promise.all([
		get(`projects/${project.id}/jobs/?watch=true`), failedJobs(project)]);
	if (page && differs('queue', [page.jobs, failed]))
		fill('queue', [['Job'], ['State'], ['Model'], ['Sample %', true], ['Message']],
			[...page.jobs, ...failed].map(j => ({cells: [j.id, j.status,
				j.modelType || j.jobType,
				j.samplePct && Number(j.samplePct.toFixed(2)), j.message]})),
			'Nothing waits or runs.');
}

async function showBlueprint(project, model) {
	if (!model) {
		at('picture').replaceChildren();
		at('steps').textContent = '';
		view.drawn = null;
		return;
	}
	if (view.drawn === model.blueprintId && view.final)
		return;
	const path = `projects/${project.id}/models/${model.id}/`;
	const chart = await get(path + 'blueprintChart/');
	if (!chart)
		return;
	if (view.drawn !== model.blueprintId) {
		at('drawn').textContent = `Blueprint of ${model.modelType}`;
		at('steps').textContent = model.processes.join(' → ');
		at('picture').replaceChildren(draw(arrange(chart)));
		view.drawn = model.blueprintId;
		view.final = false;
	}
	// The service's dot places the boxes better, where it is there; it takes its time.
	const lines = chart.nodes.map(n => wrap(n.label).length);
	const places = await get(`${path}blueprintLayout/?lines=${lines}`);
	view.final = !places || !!places.nodes;
	if (places && places.nodes)
		at('picture').replaceChildren(draw(placed(chart, places)));
}

/*
 * The picture: {width, height, boxes: [{lines, x, y, height}] (x, y: the middle of the
 * upper edge), paths: [...], by}.  Sizes of boxes are those of layout/graph.c.
 */

const BOX = {width: 168, line: 15, border: 12, gap: 26, rise: 46, pass: 8};

const heightOf = lines => lines.length * BOX.line + BOX.border;

// With the places that the service's dot has found.
function placed(chart, places) {
	return {
		width: places.width,
		height: places.height,
		by: 'dot',
		boxes: chart.nodes.map((n, i) => {
			const lines = wrap(n.label), height = heightOf(lines);
			return {lines, height, x: places.nodes[i][0], y: places.nodes[i][1] - height / 2};
		}),
		paths: places.edges.map(([x, y, ...curves]) => `M${x} ${y}C${curves.join(' ')}`),
	};
}

/*
 * Without it: a graph without cycles, in rows from the data to the prediction.  An
 * edge over several rows goes through a gap in each of those between (Sugiyama, Tagawa &
 * Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981).
 */

// The row of each node: one below the lowest of those that feed it.
function heights(chart) {
	const row = new Map(chart.nodes.map(n => [n.id, 0]));
	for (let again = chart.nodes.length; again > 0; again--)
		for (const [from, to] of chart.edges)
			if (row.has(from) && row.has(to))
				row.set(to, Math.max(row.get(to), Math.min(row.get(from) + 1, chart.nodes.length)));
	return row;
}

// Rows of places {id, lines, width}, a gap without lines; edges from row to row.
function inRows(chart) {
	const row = heights(chart), rows = [], edges = [];
	const put = (y, place) => (rows[y] ||= []).push(place);
	for (const n of chart.nodes)
		put(row.get(n.id), {id: n.id, lines: wrap(n.label), width: BOX.width});
	chart.edges.forEach(([from, to], i) => {
		let last = from;
		if (!row.has(from) || !row.has(to))
			return;
		for (let y = row.get(from) + 1; y < row.get(to); y++) {
			const id = `gap ${i} ${y}`;
			put(y, {id, lines: [], width: BOX.pass});
			edges.push([last, id]);
			last = id;
		}
		edges.push([last, to]);
	});
	return {rows: rows.filter(r => r), edges};
}

function wrap(label) {
	const lines = [''];
	for (const word of label.split(/\s+/)) {
		const last = lines[lines.length - 1];
		if (last && (last + ' ' + word).length > 24)
			lines.push(word);
		else
			lines[lines.length - 1] = last ? last + ' ' + word : word;
	}
	return lines;
}

// Fewer crossings: by turns down and up, each place goes to the mean of its neighbours.
function untangle(rows, edges) {
	const place = new Map();
	const note = r => r.forEach((n, i) => place.set(n.id, (i + 0.5) / r.length));
	rows.forEach(note);
	for (let sweep = 0; sweep < 8; sweep++) {
		const up = sweep % 2;
		for (const r of up ? [...rows].reverse() : rows) {
			for (const n of r) {
				const near = edges.filter(e => e[up ? 0 : 1] === n.id).map(e => place.get(e[up]));
				n.want = near.length ? near.reduce((a, b) => a + b) / near.length : place.get(n.id);
			}
			r.sort((a, b) => a.want - b.want);
			note(r);
		}
	}
}

function arrange(chart) {
	const {rows, edges} = inRows(chart), spot = new Map();
	const breadth = r => r.reduce((sum, n) => sum + n.width + BOX.gap, 0);
	const width = Math.max(0, ...rows.map(breadth));
	let y = 4;
	untangle(rows, edges);
	for (const r of rows) {
		const height = Math.max(...r.map(n => heightOf(n.lines)));
		let x = (width - breadth(r) + BOX.gap) / 2;
		for (const n of r) {
			spot.set(n.id, {lines: n.lines, x: x + n.width / 2, y, height});
			x += n.width + BOX.gap;
		}
		y += height + BOX.rise;
	}
	const paths = edges.map(([from, to]) => {
		const a = spot.get(from), b = spot.get(to);
		const start = a.y + a.height, bend = (b.y - start) / 2;
		const through = b.lines.length ? '' : `V${b.y + b.height}`;
		return `M${a.x} ${start}C${a.x} ${start + bend} ${b.x} ${b.y - bend} ${b.x} ${b.y}${through}`;
	});
	return {
		width, paths,
		height: Math.max(0, y - BOX.rise + 4),
		by: 'page',
		boxes: [...spot.values()].filter(b => b.lines.length),
	};
}

function svg(name, attributes, text) {
	const e = document.createElementNS('http://www.w3.org/2000/svg', name);
	for (const [k, v] of Object.entries(attributes))
		e.setAttribute(k, v);
	if (text !== undefined)
		e.textContent = text;
	return e;
}

function draw({width, height, boxes, paths, by}) {
	const picture = svg('svg', {width: width + 2, height: height + 2, role: 'img',
		viewBox: `-1 -1 ${width + 2} ${height + 2}`, 'data-by': by});
	picture.append(svg('title', {}, 'from the data to the prediction'));
	for (const d of paths)
		picture.append(svg('path', {d}));
	for (const b of boxes) {
		picture.append(svg('rect', {x: b.x - BOX.width / 2, y: b.y, width: BOX.width,
			height: b.height, rx: 5}));
		const first = b.y + b.height / 2 - (b.lines.length - 1) * BOX.line / 2 + 4;
		b.lines.forEach((line, i) =>
			picture.append(svg('text', {x: b.x, y: first + i * BOX.line}, line)));
	}
	return picture;
}

/* Looking again and again. */

let looking = false, once_more = false;

async function look() {
	if (looking) {
		once_more = true;
		return;
	}
	looking = true;
	try {
		const project = await showProjects();
		let model = null;
		if (project) {
			[model] = await Promise.all([showModels(project), showQueue(project)]);
		} else {
			fill('models', [['Model']], [], 'There is no project yet.');
			fill('queue', [['Job']], [], 'Nothing waits or runs.');
		}
		await showBlueprint(project, model);
		at('trouble').textContent = '';
		at('all').hidden = false;
	} catch (e) {
		at('trouble').textContent = e instanceof TypeError ?
			'The service does not answer; it is asked again.' : e.message;
	}
	looking = false;
	at('login').hidden = sessionStorage.getItem('token') !== null;
	if (!sessionStorage.getItem('token'))
		at('all').hidden = true;
	if (once_more) {
		once_more = false;
		look();
	}
}

at('login').addEventListener('submit', event => {
	event.preventDefault();
	sessionStorage.setItem('token', at('token').value.trim());
	at('token').value = '';
	look();
});
window.addEventListener('hashchange', () => { if (takeToken()) look(); });
setInterval(() => {
	if (sessionStorage.getItem('token') && !document.hidden)
		look();
}, EVERY);
if (takeToken())
	look();
else
	at('login').hidden = false;
