/* What the desk's pages do in the browser. Conditions are read by a small parser of our own: nothing is ever evaluated as code. */
(function () {
	"use strict";
	const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
	const csrf = document.body.dataset.csrf;
	const zh = document.body.dataset.lang === "zh";
	const on = (type, selector, handle) =>
		document.addEventListener(type, (event) => {
			const target = event.target.closest && event.target.closest(selector);
			if (target) handle(target, event);
		});

	function say(text, kind) {
		const note = document.createElement("div");
		note.className = "note note-" + (kind || "error");
		note.textContent = text;
		document.getElementById("alertContainer").prepend(note);
		note.scrollIntoView({ block: "nearest" });
	}

	// ── frame ──────────────────────────────────────────────────────────────
	on("click", "[data-side-toggle]", () => document.body.classList.toggle("side-open"));
	on("click", "[data-note-close]", (button) => button.parentElement.remove());
	on("change", "[data-auto]", (input) => input.form.requestSubmit());
	on("click", "[data-logout]", (link, event) => {
		event.preventDefault();
		fetch("/api/method/logout", { method: "POST", headers: { "X-Frappe-CSRF-Token": csrf } }).then(() => (location.href = "/login"));
	});
	const notices = "/api/method/frappe.desk.doctype.notification_log.notification_log.";
	const post = (method, values) =>
		fetch(notices + method, { method: "POST", keepalive: true, headers: { "X-Frappe-CSRF-Token": csrf }, body: new URLSearchParams(values) });
	on("click", "[data-read]", (link, event) => {
		const read = post("mark_as_read", { docname: link.dataset.read });
		if (event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		read.finally(() => (location.href = link.href));
	});
	on("click", "[data-read-all]", () => post("mark_all_as_read", {}).then(() => location.reload()));
	on("submit", "#quick", (form) => $$("input, select", form).forEach((i) => (i.disabled = !i.value)));
	on("click", "tr[data-href]", (row, event) => {
		if (!event.target.closest("a, input, button, .tick") && !String(getSelection())) location.href = row.dataset.href;
	});

	// ── conditions: depends_on and its sisters ─────────────────────────────
	const TOKEN = /\s*(===|!==|==|!=|>=|<=|&&|\|\||[()[\],.!<>]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?|[A-Za-z_$][\w$]*)/y;

	function holds(text, doc, parent) {
		if (!text) return true;
		if (!text.startsWith("eval:")) return truthy(doc[text]);
		try {
			return truthy(evaluate(text.slice(5), { doc, parent: parent || doc }));
		} catch (error) {
			return true;
		}
	}
	const truthy = (value) => (Array.isArray(value) ? value.length > 0 : !!value && value !== "0");

	function evaluate(text, scope) {
		const tokens = [];
		TOKEN.lastIndex = 0;
		while (TOKEN.lastIndex < text.trimEnd().length) {
			const match = TOKEN.exec(text);
			if (!match) throw new Error("condition");
			tokens.push(match[1]);
		}
		let at = 0;
		const peek = () => tokens[at];
		const take = (token) => (tokens[at] === token ? ++at : 0);
		const need = (token) => { if (!take(token)) throw new Error("condition"); };
		const either = () => { let left = both(); while (take("||")) { const right = both(); left = truthy(left) ? left : right; } return left; };
		const both = () => { let left = not(); while (take("&&")) { const right = not(); left = truthy(left) ? right : left; } return left; };
		const not = () => (take("!") ? !truthy(not()) : compare());
		const number = (value) => (value === "" || value === null || value === undefined ? 0 : Number(value));
		const same = (a, b) => {
			if (typeof a === "number" || typeof b === "number") return number(a) === number(b);
			return String(a ?? "") === String(b ?? "");
		};
		const compare = () => {
			const left = value();
			const op = peek();
			if (!["==", "===", "!=", "!==", ">", "<", ">=", "<=", "in"].includes(op)) return left;
			at++;
			const right = value();
			if (op === "==" || op === "===") return same(left, right);
			if (op === "!=" || op === "!==") return !same(left, right);
			const numeric = typeof left === "number" || typeof right === "number";
			const [a, b] = numeric ? [number(left), number(right)] : [String(left ?? ""), String(right ?? "")];
			return { ">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b }[op];
		};
		const list = (end) => { const items = []; while (!take(end)) { items.push(either()); take(","); } return items; };
		const value = () => {
			const token = tokens[at++];
			let result;
			if (token === undefined) throw new Error("condition");
			if (token === "(") { result = either(); need(")"); }
			else if (token === "[") result = list("]");
			else if (/^["']/.test(token)) result = token.slice(1, -1).replace(/\\(.)/g, "$1");
			else if (/^\d/.test(token)) result = Number(token);
			else if (token === "true" || token === "false") result = token === "true";
			else if (token === "null" || token === "undefined") result = null;
			else if (token === "in_list") { need("("); const [items, item] = list(")"); return items.some((i) => same(i, item)); }
			else if (token === "cint" || token === "flt") { need("("); return number(list(")")[0]); }
			else if (Object.hasOwn(scope, token)) result = scope[token];
			else throw new Error("condition");
			while (take(".")) {
				const name = tokens[at++];
				if (name === "includes") { need("("); const item = list(")")[0]; result = (result || []).includes(item); }
				else if (name === "length") result = (result || "").length;
				else if (result && typeof result === "object" && Object.hasOwn(result, name)) result = result[name];
				else result = null;
			}
			return result;
		};
		const result = either();
		if (at < tokens.length) throw new Error("condition");
		return result;
	}
	window.deskCondition = holds;

	const form = document.getElementById("doc");
	function valueOf(holder) {
		const box = holder.querySelector("input[type=checkbox]");
		if (box) return box.checked ? 1 : 0;
		const input = holder.querySelector("input[name], select[name], textarea[name]");
		if (input) return input.value;
		const fixed = holder.querySelector("[data-value]");
		return fixed ? fixed.dataset.value : "";
	}
	function read(root) {
		const doc = {};
		$$("[data-fieldname]", root).forEach((holder) => {
			if (root === form && holder.closest("table.child")) return;
			doc[holder.dataset.fieldname] = holder.classList.contains("field-table") ? $$("tbody.row-group", holder) : valueOf(holder);
		});
		doc.__islocal = form.dataset.new ? 1 : 0;
		return doc;
	}
	function apply() {
		if (!form) return;
		const doc = read(form);
		const rule = (holder, own) => {
			const conditions = JSON.parse(holder.dataset.conditions || "{}");
			if (conditions.depends_on !== undefined) holder.hidden = !holds(conditions.depends_on, own, doc);
			const must = holder.querySelector(":scope > .label .must");
			if (conditions.mandatory_depends_on && must) must.hidden = !holds(conditions.mandatory_depends_on, own, doc);
			if (conditions.read_only_depends_on) {
				const fixed = holds(conditions.read_only_depends_on, own, doc);
				$$("input, textarea", holder).forEach((input) => (input.readOnly = fixed));
				$$("select, button, input[type=checkbox]", holder).forEach((input) => (input.style.pointerEvents = fixed ? "none" : ""));
				holder.classList.toggle("locked", fixed);
			}
			if (conditions.collapsible_depends_on && holds(conditions.collapsible_depends_on, own, doc)) holder.classList.remove("shut");
		};
		$$("[data-conditions]", form).forEach((holder) => {
			if (holder.dataset.conditions === "{}") return;
			const row = holder.closest("tbody.row-group");
			rule(holder, row ? read(row) : doc);
		});
		$$(".section", form).forEach((section) => {
			if (section.dataset.conditions === "{}") section.hidden = !section.querySelector(".field:not([hidden]), .field-heading:not([hidden])");
		});
	}

	// ── form ───────────────────────────────────────────────────────────────
	function dirty() {
		document.body.classList.add("dirty");
		const mark = document.querySelector(".unsaved");
		if (mark) mark.hidden = false;
		const save = document.querySelector(".js-save");
		if (save) save.classList.add("btn-primary");
	}
	let saving = false;
	if (form) {
		form.addEventListener("input", (event) => { if (event.target.name) dirty(); apply(); });
		form.addEventListener("change", (event) => { if (event.target.name) dirty(); apply(); });
		form.addEventListener("submit", () => { saving = true; const b = document.querySelector(".js-save"); if (b) b.disabled = true; });
		if (form.dataset.dirty) dirty();
		window.addEventListener("beforeunload", (event) => { if (!saving && document.body.classList.contains("dirty")) event.preventDefault(); });
		window.addEventListener("pageshow", () => { saving = false; const b = document.querySelector(".js-save"); if (b) b.disabled = false; });
		document.addEventListener("keydown", (event) => {
			if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && document.querySelector(".js-save")) { event.preventDefault(); form.requestSubmit(); }
		});
		apply();
		$$(".invalid", form).forEach((field) => {
			const section = field.closest(".section"), body = field.closest(".tab-body");
			section.classList.remove("shut");
			$$(`.tab[data-tab="${body.dataset.tabBody}"]`).forEach((tab) => tab.classList.add("has-error"));
		});
		const wrong = form.querySelector(".invalid");
		if (wrong) { const body = wrong.closest(".tab-body"); if (body) openTab(body.dataset.tabBody); wrong.scrollIntoView({ block: "center" }); }
		else if (location.hash.startsWith("#tab")) openTab(location.hash.slice(4));
	}
	function openTab(index) {
		$$(".tab").forEach((tab) => { const active = tab.dataset.tab === index; tab.classList.toggle("active", active); tab.setAttribute("aria-selected", active); });
		$$(".tab-body").forEach((body) => (body.hidden = body.dataset.tabBody !== index));
	}
	on("click", ".tab", (tab) => openTab(tab.dataset.tab));
	on("click", ".js-fold", (title) => title.parentElement.classList.toggle("shut"));
	on("click", ".js-more", (button) => {
		const more = button.closest("tbody").querySelector(".row-more");
		more.hidden = !more.hidden;
		button.setAttribute("aria-expanded", String(!more.hidden));
	});
	on("click", ".js-remove", (button) => { button.closest("tbody").remove(); dirty(); apply(); });
	let added = 0;
	on("click", ".js-add", (button) => {
		const field = button.closest(".field"), table = field.querySelector("table.child");
		const holder = document.createElement("table");
		holder.innerHTML = field.querySelector("template").innerHTML.replaceAll(".__i__.", `.new${++added}.`);
		const row = holder.querySelector("tbody");
		table.append(row);
		dates(row);
		dirty();
		apply();
		const first = row.querySelector("input:not([type=hidden]), select, textarea");
		if (first) first.focus();
	});

	// a button with a question asks it first, then posts its verb
	function ask(question) {
		return new Promise((answer) => {
			const dialog = document.getElementById("ask");
			dialog.querySelector("p").textContent = question;
			dialog.returnValue = "";
			dialog.onclose = () => answer(dialog.returnValue === "yes");
			dialog.showModal();
		});
	}
	on("click", "button[form=verbs]", async (button, event) => {
		const verbs = document.getElementById("verbs");
		verbs.elements._value.value = button.dataset.value || "";
		if (!button.dataset.confirm || button.dataset.sure) { saving = true; return; }
		event.preventDefault();
		if (!(await ask(button.dataset.confirm))) return;
		button.dataset.sure = "1";
		button.click();
	});

	// ── links, dates, files ────────────────────────────────────────────────
	function target(select) {
		if (select.dataset.doctype) return select.dataset.doctype;
		const holder = select.closest("tbody.row-group") || form;
		const by = holder.querySelector(`[data-fieldname="${select.dataset.doctypeField}"]`) || form.querySelector(`[data-fieldname="${select.dataset.doctypeField}"]`);
		return by ? valueOf(by) : "";
	}
	function linkBox(select, open) {
		const $select = jQuery(select);
		if (!$select.data("select2")) {
			$select.select2({
				width: select.closest(".quick, .named") ? "" : "100%",
				allowClear: !select.multiple,
				placeholder: select.dataset.placeholder || "",
				dropdownAutoWidth: true,
				language: zh ? { searching: () => "正在查找…", noResults: () => "没有找到", loadingMore: () => "更多…", errorLoading: () => "无法查找" } : {},
				ajax: {
					url: () => "/app/_api/link/" + target(select).toLowerCase().replaceAll(" ", "-"), delay: 180,
					data: (params) => ({ q: params.term || "" }),
				},
				templateResult: (item) => {
					if (!item.hint) return item.text;
					const node = document.createElement("span"), hint = document.createElement("small");
					node.textContent = item.text;
					hint.textContent = item.hint;
					node.append(hint);
					return node;
				},
			});
			$select.on("select2:select select2:unselect select2:clear", () => {
				select.dispatchEvent(new Event("change", { bubbles: true }));
			});
			$select.on("select2:open", () => setTimeout(() => { const f = document.querySelector(".select2-container--open .select2-search__field"); if (f) f.focus(); }, 0));
		}
		if (open) $select.select2("open");
	}
	on("mousedown", "select.js-link", (select, event) => { event.preventDefault(); linkBox(select, true); });
	on("keydown", "select.js-link", (select, event) => {
		if (event.key === "Tab" || event.key === "Shift") return;
		event.preventDefault();
		linkBox(select, true);
	});

	function dates(root) {
		const pick = (selector, options) => $$(selector, root).forEach((input) => {
			if (!input.closest("template")) flatpickr(input, { allowInput: true, locale: zh ? "zh" : "default", time_24hr: true, ...options });
		});
		pick(".js-date", {});
		pick(".js-datetime", { enableTime: true, enableSeconds: true, dateFormat: "Y-m-d H:i:S" });
		pick(".js-time", { enableTime: true, noCalendar: true, enableSeconds: true, dateFormat: "H:i:S" });
	}
	dates(document);

	async function upload(file, where) {
		const data = new FormData();
		data.append("file", file, file.name);
		data.append("is_private", "1");
		Object.entries(where).forEach(([key, value]) => value && data.append(key, value));
		const response = await fetch("/api/method/upload_file", { method: "POST", body: data, headers: { "X-Frappe-CSRF-Token": csrf, Accept: "application/json" } });
		const answer = await response.json().catch(() => ({}));
		if (response.ok) return answer.message;
		let text = response.statusText;
		try { text = JSON.parse(JSON.parse(answer._server_messages)[0]).message; } catch (error) { /* no message of the server */ }
		say(text);
		return null;
	}
	on("change", "#attach", async (input) => {
		if (input.files[0] && (await upload(input.files[0], { doctype: input.dataset.doctype, docname: input.dataset.name }))) { saving = true; location.reload(); }
	});
	on("change", ".js-attach", async (input) => {
		const box = input.closest(".attach"), sent = input.files[0] && (await upload(input.files[0], {}));
		if (!sent) return;
		box.querySelector("input[type=hidden]").value = sent.file_url;
		box.querySelector(".attach-name").textContent = sent.file_name;
		box.querySelector(".js-attach-clear").hidden = false;
		dirty();
	});
	on("click", ".js-attach-clear", (button) => {
		const box = button.closest(".attach");
		box.querySelector("input[type=hidden]").value = "";
		box.querySelector(".attach-name").textContent = "";
		button.hidden = true;
		dirty();
	});
	on("change", ".drop input", (input) => { input.parentElement.querySelector(".js-file-name").textContent = input.files[0] ? input.files[0].name : ""; });

	// ── charts ─────────────────────────────────────────────────────────────
	const COLORS = ["#1f5fbf", "#2f9e73", "#d9822b", "#8257c9", "#c8453c", "#2aa0b5", "#b8930b", "#c2508a", "#5c6b7f", "#7fa6dd", "#86c5a7", "#e0b483"];
	$$(".chart").forEach((node) => {
		const data = JSON.parse(node.dataset.chart), kind = node.dataset.kind;
		const round = kind === "pie" || kind === "donut" || kind === "percentage";
		const type = { percentage: "donut", heatmap: "bar" }[kind] || (["bar", "line", "pie", "donut"].includes(kind) ? kind : "bar");
		const series = data.series || [{ name: "", data: data.values }];
		new ApexCharts(node, {
			chart: { type, height: 250, toolbar: { show: false }, animations: { enabled: false }, fontFamily: "inherit" },
			series: round ? (data.values || series[0].data) : series,
			colors: node.dataset.color && !round ? [node.dataset.color, ...COLORS] : COLORS,
			...(round ? { labels: data.labels } : {
			xaxis: { categories: data.labels, labels: { style: { colors: "#8a95a5" }, rotate: data.labels.length > 14 ? 0 : -35, hideOverlappingLabels: true, trim: false }, axisTicks: { show: false }, axisBorder: { color: "#e3e7ed" }, ...(data.labels.length > 14 ? { tickAmount: 8 } : {}) },
			yaxis: { labels: { style: { colors: "#8a95a5" }, formatter: (v) => Number(v).toLocaleString(undefined, { maximumFractionDigits: 1 }) }, forceNiceScale: true },
			}),
			grid: { borderColor: "#eef1f5", padding: { left: data.labels.length < 15 && data.labels.some((label) => label.length > 9) ? 28 : 6, right: 6 } },
			dataLabels: { enabled: false },
			stroke: { width: type === "line" ? 2.5 : round ? 2 : 0, curve: "monotoneCubic" },
			plotOptions: { bar: { borderRadius: 3, columnWidth: data.labels.length < 3 ? "10%" : data.labels.length < 6 ? "28%" : "56%" }, pie: { donut: { size: "66%", labels: { show: true, total: { show: true, label: zh ? "合计" : "Total", fontSize: "12px", color: "#8a95a5" } } } } },
			legend: { position: round ? "right" : "bottom", fontSize: "12.5px", markers: { size: 5 }, show: round || series.length > 1 },
			responsive: [{ breakpoint: 500, options: { legend: { position: "bottom" } } }],
			tooltip: { theme: "light" },
		}).render();
	});

	// ── list: the library's actions, sent with the session's token ─────────
	window.addEventListener("load", () => {
		const search = document.querySelector("#quick [name=q]");
		if (search && !search.value) search.blur();
		if (typeof ActionManager === "undefined") return;
		ActionManager.prototype.submitAction = async function (name, given, custom, isRow, element) {
			const query = new URLSearchParams({ name, _origin: location.href, _list_query: location.search });
			this.appendQueryParams(query, element);
			const url = (isRow ? this.rowActionUrl : this.actionUrl) + "?" + query;
			if (custom) {
				const sent = given || document.body.appendChild(document.createElement("form"));
				const token = sent.elements.csrf_token || sent.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token" }));
				token.value = csrf;
				Object.assign(sent, { action: url, method: "POST" }).submit();
				return;
			}
			const response = await fetch(url, { method: "POST", body: given ? new FormData(given) : null, headers: { "X-Frappe-CSRF-Token": csrf } });
			const answer = await response.json().catch(() => ({}));
			if (response.ok) location.href = answer.redirect || location.href;
			else say(answer.msg || response.statusText);
		};
	});
})();
