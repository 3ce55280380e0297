"""Tracking numbers: tidied, read by the rules of the carriers, and judged before Amazon is told. All pure.

`normalising` takes what a warehouse sends apart, `candidates` says which carriers could have issued a number,
`judging` whether it can be the named carrier's, and `reuse` whether it was used before.
"""
