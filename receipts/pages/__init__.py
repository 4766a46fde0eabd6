"""What a receipt of schema 2 looks like, law by law, on Letter and A4.

`drafting.draw` is the door: a snapshot that was read becomes a finished file; `drafting.lay` sets the same page into a
file for the printer. `letters` is the sheet of four laws, `korean_form` the form of the fifth, `tables` the table both
share, `closings` the sentences, the signature and the code. Schema 1 has its own pages (`receipts.layout`), which
never change: old receipts are drawn again to the same bytes. The same holds here from the first receipt on, so a
template that changes gets a new name.
"""
