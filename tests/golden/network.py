def network_grad(layers, x):
    layer_W_saved = []
    x_saved = []
    n = len(layers)
    for i in range(n):
        layer = layers[i]
        layer_W = layer.W
        layer_W_saved.append(layer_W)
        x_saved.append(x)
        x = np.tanh(x @ layer_W + layer.b)
    # backward
    layers_bar = zeros(layers)
    x_bar = 2.0 * x
    for i in range(n - 1, -1, -1):
        t_1_bar = x_bar * (1.0 - x ** 2)
        x = x_saved.pop()
        layer_bar = add_field(zeros(layers[i]), "b", t_1_bar.sum(0))
        x_bar = t_1_bar @ layer_W_saved.pop().T
        layer_bar = add_field(layer_bar, "W", x.T @ t_1_bar)
        layers_bar = add_entry(layers_bar, i, layer_bar)
    return as_gradient(layers_bar, layers)
