"""What `dockseal doctor` looks at: also what only a stopped installation shows. Nothing is made or changed.

folders        where data and keys lie, and who can read them
distributions  what is installed, against what Dockseal needs
network        the port, Amazon, and how the clock differs from Amazon's
diagnosis      all of it, one after the other
"""
