"""Load the campaign: read it whole, write it in one transaction, set the site's front door, menu and texts."""

from django.db import transaction
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from content.models import SiteTexts
from home.loading.plan import HOME, items
from home.loading.reading import BrokenFile, read_campaign
from home.loading.writing import Item, Ref, Report, Stream, Writer, too_long


def load(folder, progress=lambda done, total: None) -> Report:
    """Load `folder` and return a Report. Raises BrokenFile before anything is written if a file is broken.

    `progress(done, total)` is called after each thing. On any error the database and the files are as before.
    """
    campaign = read_campaign(folder)
    plan = list(items(campaign))
    if faults := too_long(plan):
        raise BrokenFile(faults)
    writer = Writer()
    try:
        # Publishing brings each page's references up to date once; Wagtail would do it for every row saved.
        with transaction.atomic(), disable_reference_index_auto_update():
            writer.made["side:rod"] = Page.get_first_root_node()
            for done, item in enumerate(plan, start=1):
                writer.write(item)
                progress(done, len(plan))
            _front_door(writer)
            _texts(writer, campaign.pages)
    except BaseException:
        for storage, name in writer.uploaded:
            storage.delete(name)
        raise
    return writer.report


def _front_door(writer):
    """Point the site at our front page, as long as it still points at Wagtail's welcome page."""
    front = writer.resolve(Ref(HOME))
    site = Site.objects.filter(is_default_site=True).first()
    if front is None or (site and type(site.root_page.specific) is not Page):
        return
    welcome = site.root_page if site else None
    site = site or Site(hostname="localhost", is_default_site=True)
    site.root_page = front
    site.site_name = "På forkant"
    site.save()
    if welcome:
        welcome.delete()


def _texts(writer, pages):
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        return
    by_path = {page.url_path.removeprefix(site.root_page.url_path): page for page in site.root_page.get_descendants()}
    fields = {
        **pages["texts"],
        "menu": Stream([("link", _link(by_path, link)) for link in pages["menu"]]),
        "footer": Stream(
            [
                ("column", {"heading": column["heading"], "links": [_link(by_path, link) for link in column["links"]]})
                for column in pages["footer"]
            ]
        ),
    }
    texts = Item("tekster", SiteTexts, {"site_id": site.pk, **fields}, natural=("site_id",))
    writer.write(texts)
    ReferenceIndex.create_or_update_for_object(writer.resolve(Ref("tekster")))


def _link(by_path, link):
    page = by_path.get(link["path"].lstrip("/"))
    target = {"page": page.pk} if page else {"url": link["path"]}
    return {"label": link["label"], "page": None, "url": "", **target}
