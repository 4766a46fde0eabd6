def run(**kw):
    return 1
