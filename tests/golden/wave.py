def wave_grad(x):
    # backward
    x_bar = -np.exp(-x)
    x_bar += x * x * np.cos(x)
    x_bar += np.sin(x) * (2.0 * x)
    return float(x_bar)
