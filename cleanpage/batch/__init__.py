"""Many pages: where they come from, what becomes of them, and how nothing is lost on the way.

    sources/ ──► entries ──► workers (cleanpage.workers) ──► records ──► sink
                                                                 ╰──► journal: how far all of this is durable

`record` says what is written for a page, `document` what a source gives; adapters for other engines stand on these two.
"""
