"""Journals as files for the programs of accountants, one module for each program.

Pure all the way: `reading` streams entries out of the books, `gathering` makes journals of them (each balances in every
fund and currency), `dividing` cuts what a program cannot take whole, a format writes journals as bytes, `filling` says
which file each byte goes to and `packing` makes one file of them. The same entries and names give the same bytes.
"""
