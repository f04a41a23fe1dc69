"""Fourier transforms in programs: filters, spectra, convolutions, derivatives by them."""

import numpy as np


def power_spectrum(x):
    return np.sum(np.abs(np.fft.fft(x, 8)) ** 2 * np.arange(8))


def filtered(q, a):
    spectrum = np.fft.rfft(q)
    spectrum[1:] *= np.exp(-a * np.arange(1, len(spectrum)))
    return np.sum(np.fft.irfft(spectrum, len(q)) ** 2)


def convolved(h, q):
    return np.sum(np.fft.ifft(np.fft.fft(h) * np.fft.fft(q)).real ** 3)


def spectral_derivative(q, a):
    k = 2.0j * np.pi * np.fft.fftfreq(len(q), d=0.25)
    return np.sum(np.real(np.fft.ifft(k * np.fft.fft(q * a))) ** 2)


def spectrum_of_an_image(W):
    image = np.fft.fftshift(np.fft.fft2(W))
    return np.sum(np.abs(image) ** 2 * np.arange(image.shape[-1]))


def split_step(q, a):
    psi = q + 0.5j * q
    phase = np.exp(-1j * a * np.fft.fftfreq(len(q)) ** 2)
    for _ in range(3):
        psi = np.fft.ifft(phase * np.fft.fft(psi)) * np.exp(-0.1j * np.abs(psi) ** 2)
    return np.sum(np.abs(psi) ** 4)


def blurred_image(W, a):
    spectrum = np.fft.rfft2(W)
    blurred = np.fft.irfft2(spectrum * np.exp(-a * np.abs(np.arange(spectrum.shape[-1]))), s=W.shape)
    return np.sum(blurred**2)
