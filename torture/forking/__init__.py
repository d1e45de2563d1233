"""Processes of the product without its imports: each is forked from one that has imported everything already.

A fork server keeps what it has forked, as development/keeper.py does with one program: none outlives whoever asked for
it. There are two kinds, with gevent's patches for web servers and without for all else; on demand each forks one more
for a broken build, which breaks it, imports the product, and then forks the processes of that build.
"""
