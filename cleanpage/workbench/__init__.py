"""The rule author's web page: a stored page beside what the rules make of it, and what could be written next.

`inert` turns a page into markup that can do nothing, `session` knows pages and rules, `choices` are the selectors that
a block could be found by, `saving` writes rule files, and `server` lets one browser on this machine ask for all that.
What runs in the browser stands in `static/`, as it is served: no build step, and nothing comes from elsewhere.
"""
