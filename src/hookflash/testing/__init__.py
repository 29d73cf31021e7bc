"""For the tests of apps: a platform in the test's own process, handsets, and a clock that jumps.

The pytest plugin is `hookflash.testing.plugin`; without pytest, use `BackgroundServer` and `Platform` as it does.
"""
