"""Files that leave the house, as streams: PostgreSQL writes the rows (COPY), a writer gives them their form.

Lives here: `copying` and `asking` (rows out of one snapshot), `writing_csv`, `writing_parquet`, `writing_sheets` with
`filling_rows` (XLSX), `making` (the door: a selection becomes blocks of bytes), `sharing` and its program `second_half`
(long lists by two hands), `sealing` (what leaves only encrypted). Nothing here knows a person or a page. Memory does
not grow with the rows: whatever arrives is passed on in blocks.
"""
