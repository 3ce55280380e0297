"""Proof of compliance: every clause of Amazon's Data Protection Policy, judged over the running system.

controls      what a clause is here: what enforces it, which test proves it, and a probe
facts         what the probes look at: values that `bootstrap` gathers, none of them personal
attestations  what people did and when, as the audit trail tells
access network retention secrets trail incidents use
              the clauses, by what they are about
registry      all of them, in the order of the policy
report        the verdict on each
questions     Amazon's questionnaire, answered out of the facts
processing    what becomes of each field of personal data
inventories   who has access, how long what is kept, which keys there are
pack page     the evidence pack, and the page in it
"""
