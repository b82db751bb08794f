// A rule's ID in brackets, as messages end with it, leads to its page in the rule book.
(() => {
	const ID = "(?:E|G\\d?|T|[BCD])-(?:[A-DX]\\.)?\\d[\\d.]*[a-z]?";
	const NAMED = new RegExp(`\\[(${ID}(?:, ${ID})*)\\]`);
	// where a desk tells people something: its dialogs and alerts, the history, values that cannot be edited
	const PLACES = ".modal-body, .desk-alert, .form-message, .new-timeline, .like-disabled-input, .note, .timeline, .value, .nothing";
	const NOT_IN = "a, button, input, textarea, script, style, [contenteditable=true]";

	function link(id) {
		const anchor = document.createElement("a");
		anchor.href = `/app/ops-rule/${encodeURIComponent(id)}`;
		anchor.className = "rule-link";
		anchor.textContent = id;
		return anchor;
	}

	// one span instead of the text, so that a row of boxes keeps its number of boxes
	function mark(text) {
		if (!NAMED.test(text.data) || text.parentElement.closest(NOT_IN)) return;
		const span = document.createElement("span");
		const parts = text.data.split(NAMED); // between the texts: the IDs of one pair of brackets
		parts.forEach((part, n) => {
			if (n % 2 === 0) return span.append(part);
			const links = part.split(", ").flatMap((id, i) => (i ? [", ", link(id)] : [link(id)]));
			span.append("[", ...links, "]");
		});
		text.replaceWith(span);
	}

	function visit(element) {
		if (!NAMED.test(element.textContent)) return;
		const inside = element.closest(PLACES) ? [element] : element.querySelectorAll(PLACES);
		for (const place of inside) {
			const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
			const texts = [];
			while (walker.nextNode()) texts.push(walker.currentNode);
			texts.forEach(mark);
		}
	}

	new MutationObserver((changes) => {
		for (const change of changes)
			for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) visit(node);
			else if (node.nodeType === Node.TEXT_NODE && node.parentElement && NAMED.test(node.data)) visit(node.parentElement);
	}).observe(document.documentElement, { childList: true, subtree: true });
	document.addEventListener("DOMContentLoaded", () => visit(document.body));
	if (document.body) visit(document.body);
})();
