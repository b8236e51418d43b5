from wagtail.admin.ui.components import Component

from search import insight_figures


class InsightPanel(Component):
    """»Søgning i uge NN« on the editors' desk."""

    name = "searches"
    order = 50
    template_name = "search/admin/panel.html"

    def get_context_data(self, parent_context):
        week, most = insight_figures.glance()
        return {"week": week, "most": most, "least": insight_figures.LEAST}
