"""Fourier transforms: linear maps. The matrix of `fft` is symmetric: its transpose is `fft`, without a conjugation."""

from __future__ import annotations

import numpy as np

from ad.rules.registry import constant, linear, reference
from ad.runtime import as_real_as
from ad.runtime.fourier import (
    half_weights,
    norm_back,
    resized,
    resized_along,
    resized_to,
    transform_axes,
    transform_length,
    transform_lengths,
)

constant(np.fft.fftfreq, np.fft.rfftfreq)
constant(half_weights, norm_back, transform_axes, transform_lengths)


def _complex(rng, *shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def _cases(rng):
    z, x = _complex(rng, 3, 4), rng.normal(size=(3, 4))
    calls = [((z,), {}), ((x,), {}), ((z, 6, 0), {}), ((x, 3), {"norm": "ortho"})]
    calls.append(((z[0],), {"n": 7, "norm": "forward"}))
    return [*calls, ((x[:, 0], 2), {"axis": -1, "norm": "backward"})]


@linear(np.fft.fft, fresh=True, cases=_cases)
def fft(z_bar, a, n=None, axis=-1, norm=None):
    return as_real_as(resized(np.fft.fft(z_bar, None, axis, norm), a, axis), a)


@linear(np.fft.ifft, fresh=True, cases=_cases)
def ifft(z_bar, a, n=None, axis=-1, norm=None):
    return as_real_as(resized(np.fft.ifft(z_bar, None, axis, norm), a, axis), a)


def _cases_along_several(rng):
    z, x = _complex(rng, 2, 3, 4), rng.normal(size=(2, 3, 4))
    calls = [((z,), {}), ((x,), {}), ((z,), {"axes": (0, 2)}), ((x,), {"axes": (1, 0), "norm": "ortho"})]
    return [*calls, ((z, (5, 2)), {"axes": (0, -1), "norm": "forward"}), ((x[0], (4, 2)), {"axes": (1, 0)})]


@linear(np.fft.fftn, fresh=True, cases=_cases_along_several)
def fftn(z_bar, a, s=None, axes=None, norm=None):
    over = transform_axes(a, s, axes)
    return as_real_as(resized_along(np.fft.fftn(z_bar, None, over, norm), a, over), a)


@linear(np.fft.ifftn, fresh=True, cases=_cases_along_several)
def ifftn(z_bar, a, s=None, axes=None, norm=None):
    over = transform_axes(a, s, axes)
    return as_real_as(resized_along(np.fft.ifftn(z_bar, None, over, norm), a, over), a)


@linear(np.fft.fft2, fresh=True, cases=_cases_along_several)
def fft2(z_bar, a, s=None, axes=(-2, -1), norm=None):
    return as_real_as(resized_along(np.fft.fft2(z_bar, None, axes, norm), a, axes), a)


@linear(np.fft.ifft2, fresh=True, cases=_cases_along_several)
def ifft2(z_bar, a, s=None, axes=(-2, -1), norm=None):
    return as_real_as(resized_along(np.fft.ifft2(z_bar, None, axes, norm), a, axes), a)


def _real_cases(rng):
    x = rng.normal(size=(3, 5))
    calls = [((x,), {}), ((x[:, :4],), {}), ((x, 6, 0), {}), ((x, 4), {"norm": "ortho"}), ((x[0],), {"n": 7})]
    return [*calls, ((x[:, 0], 2), {"axis": -1, "norm": "forward"}), ((x, 1), {})]


@linear(np.fft.rfft, fresh=True, cases=_real_cases)
def rfft(z_bar, a, n=None, axis=-1, norm=None):
    whole = np.fft.fft(resized_to(z_bar, transform_length(a, n, axis), axis), None, axis, norm)
    return as_real_as(resized(whole, a, axis), a)


def _half_cases(rng):
    z = _complex(rng, 3, 4)
    calls = [((z,), {}), ((z, 5), {}), ((z, 8, 0), {}), ((z, 7), {"norm": "ortho"}), ((z[0],), {"n": 4})]
    return [*calls, ((z[:, 0], 3), {"axis": -1, "norm": "forward"}), ((rng.normal(size=4), 6), {}), ((z, 1), {})]


@linear(np.fft.irfft, fresh=True, cases=_half_cases)
def irfft(z_bar, a, n=None, axis=-1, norm=None):
    half = np.conj(np.fft.rfft(z_bar, None, axis, norm_back(norm)))
    return as_real_as(resized(half * half_weights(half, np.shape(z_bar)[axis], axis), a, axis), a)


@reference(np.fft.hfft, cases=_half_cases)
def hfft(a, n=None, axis=-1, norm=None):
    return np.fft.irfft(np.conj(a), n, axis, norm_back(norm))


@reference(np.fft.ihfft, cases=_real_cases)
def ihfft(a, n=None, axis=-1, norm=None):
    return np.conj(np.fft.rfft(a, n, axis, norm_back(norm)))


def _real_cases_along_several(rng):
    return [((np.real(args[0]), *args[1:]), keywords) for args, keywords in _cases_along_several(rng)]


@reference(np.fft.rfftn, cases=_real_cases_along_several)
def rfftn(a, s=None, axes=None, norm=None):
    over = transform_axes(a, s, axes)
    lengths = transform_lengths(a, s, over)
    half = np.fft.rfft(a, lengths[-1], over[-1], norm)
    return np.fft.fftn(half, lengths[:-1], over[:-1], norm)


@reference(np.fft.rfft2, cases=_real_cases_along_several)
def rfft2(a, s=None, axes="last two", norm=None):
    return np.fft.rfftn(a, s, (-2, -1) if axes == "last two" else axes, norm)


@reference(np.fft.irfftn, cases=_cases_along_several)
def irfftn(a, s=None, axes=None, norm=None):
    over = transform_axes(a, s, axes)
    lengths = transform_lengths(a, s, over, 2 * (np.shape(a)[over[-1]] - 1))
    others = np.fft.ifftn(a, lengths[:-1], over[:-1], norm)
    return np.fft.irfft(others, lengths[-1], over[-1], norm)


@reference(np.fft.irfft2, cases=_cases_along_several)
def irfft2(a, s=None, axes="last two", norm=None):
    return np.fft.irfftn(a, s, (-2, -1) if axes == "last two" else axes, norm)


def _shift_cases(rng):
    x = rng.normal(size=(3, 4))
    return [((x,), {}), ((x, 0), {}), ((x,), {"axes": (0, -1)}), ((x[0],), {})]


@linear(np.fft.fftshift, fresh=True, cases=_shift_cases)
def fftshift(z_bar, x, axes=None):
    return np.fft.ifftshift(z_bar, axes)


@linear(np.fft.ifftshift, fresh=True, cases=_shift_cases)
def ifftshift(z_bar, x, axes=None):
    return np.fft.fftshift(z_bar, axes)
