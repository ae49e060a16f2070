"""The parts of what scripts use: `octavo.init`, `octavo.create_pipeline` and so on, and what a `Pipeline` can do.

Names, arguments and answers are the hosted product's; docs/hosted-api.md lists them one by one.
"""
