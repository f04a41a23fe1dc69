def huber_grad(p, x, y):
    r = p["w"] * x + p["b"] - y
    # backward
    if abs(r) < 1.0:
        r_bar = r
    else:
        r_bar = (r > 0.0) - 1.0 * (r < 0.0)
    return {"w": float(r_bar * x), "b": float(r_bar)}
