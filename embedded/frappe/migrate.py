"""Bringing a site up to date with the files of its apps."""

import frappe
from frappe.installer import run_hooks, sync_jobs
from frappe.model import sync
from frappe.modules.patch_handler import PatchType, run_all


class SiteMigration:
	"""Patches, schema, standard records; a second run changes nothing."""

	def __init__(self, skip_failing: bool = False, skip_search_index: bool = False):
		self.skip_failing = skip_failing

	def run(self, site: str) -> None:
		"""Migrate one site."""
		frappe.init(site, force=True)
		frappe.connect()
		try:
			self.migrate()
		finally:
			frappe.destroy()

	def migrate(self) -> None:
		"""Migrate the site of the running context."""
		frappe.clear_cache()
		frappe.flags.in_migrate = True
		try:
			run_hooks("before_migrate")
			run_all(self.skip_failing, PatchType.pre_model_sync)
			frappe.db.create_core_tables()
			for app in frappe.get_installed_apps():
				sync.sync_for(app)
			frappe.db.commit()
			run_all(self.skip_failing, PatchType.post_model_sync)
			sync_jobs()
			for app in frappe.get_installed_apps():
				sync.sync_fixtures(app)
				sync.sync_dashboards(app)
			sync.remove_orphan_doctypes()
			frappe.get_doc("Portal Settings").sync_menu()
			run_hooks("after_migrate")
			frappe.db.commit()
		finally:
			frappe.flags.in_migrate = False
		frappe.clear_cache()
