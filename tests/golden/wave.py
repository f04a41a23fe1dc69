def wave_grad(x):
    # backward
    x_bar = x * x * np.cos(x) - np.exp(-x) + np.sin(x) * (2.0 * x)
    return float(x_bar)
