"""Which package of a distribution brings a shared library, for libraries that wheels expect of a system.

Source: the distributions' own indexes of contents: Debian and Ubuntu, Alpine, Fedora and RHEL.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from images.facts.environment import RuntimeEnvironment


class _Packages(msgspec.Struct, frozen=True):
    debian: str
    alpine: str
    rpm: str


_ROWS = """
libEGL.so.1 libegl1 mesa-egl libglvnd-egl
libGL.so.1 libgl1 mesa-gl libglvnd-glx
libGLU.so.1 libglu1-mesa glu mesa-libGLU
libICE.so.6 libice6 libice libICE
libOpenCL.so.1 ocl-icd-libopencl1 opencl-icd-loader ocl-icd
libOpenGL.so.0 libopengl0 libopengl libglvnd-opengl
libSM.so.6 libsm6 libsm libSM
libX11.so.6 libx11-6 libx11 libX11
libX11-xcb.so.1 libx11-xcb1 libx11 libX11-xcb
libXcomposite.so.1 libxcomposite1 libxcomposite libXcomposite
libXcursor.so.1 libxcursor1 libxcursor libXcursor
libXdamage.so.1 libxdamage1 libxdamage libXdamage
libXext.so.6 libxext6 libxext libXext
libXfixes.so.3 libxfixes3 libxfixes libXfixes
libXft.so.2 libxft2 libxft libXft
libXi.so.6 libxi6 libxi libXi
libXrandr.so.2 libxrandr2 libxrandr libXrandr
libXrender.so.1 libxrender1 libxrender libXrender
libXss.so.1 libxss1 libxscrnsaver libXScrnSaver
libXt.so.6 libxt6 libxt libXt
libXtst.so.6 libxtst6 libxtst libXtst
libasound.so.2 libasound2 alsa-lib alsa-lib
libatk-1.0.so.0 libatk1.0-0 at-spi2-core atk
libatomic.so.1 libatomic1 libatomic libatomic
libbz2.so.1.0 libbz2-1.0 libbz2 bzip2-libs
libcairo.so.2 libcairo2 cairo cairo
libcrypto.so.1.1 libssl1.1 openssl1.1-compat compat-openssl11
libcrypto.so.3 libssl3 libcrypto3 openssl-libs
libcups.so.2 libcups2 cups-libs cups-libs
libcurl.so.4 libcurl4 libcurl libcurl
libdbus-1.so.3 libdbus-1-3 dbus-libs dbus-libs
libdrm.so.2 libdrm2 libdrm libdrm
libevent-2.1.so.7 libevent-2.1-7 libevent libevent
libexpat.so.1 libexpat1 libexpat expat
libffi.so.7 libffi7 libffi libffi
libffi.so.8 libffi8 libffi libffi
libfontconfig.so.1 libfontconfig1 fontconfig fontconfig
libfreetype.so.6 libfreetype6 freetype freetype
libgbm.so.1 libgbm1 mesa-gbm mesa-libgbm
libgcc_s.so.1 libgcc-s1 libgcc libgcc
libgdk-3.so.0 libgtk-3-0 gtk+3.0 gtk3
libgdk_pixbuf-2.0.so.0 libgdk-pixbuf-2.0-0 gdk-pixbuf gdk-pixbuf2
libgfortran.so.5 libgfortran5 libgfortran libgfortran
libgio-2.0.so.0 libglib2.0-0 glib glib2
libglib-2.0.so.0 libglib2.0-0 glib glib2
libgmodule-2.0.so.0 libglib2.0-0 glib glib2
libgobject-2.0.so.0 libglib2.0-0 glib glib2
libgomp.so.1 libgomp1 libgomp libgomp
libgssapi_krb5.so.2 libgssapi-krb5-2 krb5-libs krb5-libs
libgthread-2.0.so.0 libglib2.0-0 glib glib2
libgtk-3.so.0 libgtk-3-0 gtk+3.0 gtk3
libibverbs.so.1 libibverbs1 rdma-core libibverbs
libkrb5.so.3 libkrb5-3 krb5-libs krb5-libs
libldap-2.5.so.0 libldap-2.5-0 libldap openldap
liblzma.so.5 liblzma5 xz-libs xz-libs
libmariadb.so.3 libmariadb3 mariadb-connector-c mariadb-connector-c
libmpi.so.40 libopenmpi3 openmpi openmpi
libmysqlclient.so.21 libmysqlclient21 mariadb-connector-c mysql-libs
libncursesw.so.6 libncursesw6 ncurses-libs ncurses-libs
libnsl.so.1 libnsl2 libnsl libnsl
libnspr4.so libnspr4 nspr nspr
libnss3.so libnss3 nss nss
libnuma.so.1 libnuma1 numactl numactl-libs
libodbc.so.2 unixodbc unixodbc unixODBC
libopenblas.so.0 libopenblas0 openblas openblas
libpango-1.0.so.0 libpango-1.0-0 pango pango
libportaudio.so.2 libportaudio2 portaudio portaudio
libpq.so.5 libpq5 libpq libpq
libpulse.so.0 libpulse0 libpulse pulseaudio-libs
libreadline.so.8 libreadline8 readline readline
libsndfile.so.1 libsndfile1 libsndfile libsndfile
libsodium.so.23 libsodium23 libsodium libsodium
libsqlite3.so.0 libsqlite3-0 sqlite-libs sqlite-libs
libssl.so.1.1 libssl1.1 openssl1.1-compat compat-openssl11
libssl.so.3 libssl3 libssl3 openssl-libs
libstdc++.so.6 libstdc++6 libstdc++ libstdc++
libtinfo.so.6 libtinfo6 ncurses-libs ncurses-libs
libudev.so.1 libudev1 eudev-libs systemd-libs
libusb-1.0.so.0 libusb-1.0-0 libusb libusb1
libuuid.so.1 libuuid1 libuuid libuuid
libva.so.2 libva2 libva libva
libvulkan.so.1 libvulkan1 vulkan-loader vulkan-loader
libxcb.so.1 libxcb1 libxcb libxcb
libxkbcommon.so.0 libxkbcommon0 libxkbcommon libxkbcommon
libxml2.so.2 libxml2 libxml2 libxml2
libxslt.so.1 libxslt1.1 libxslt libxslt
libz.so.1 zlib1g zlib zlib
libzmq.so.5 libzmq5 libzmq zeromq
libzstd.so.1 libzstd1 zstd-libs libzstd
"""
_TABLE: Mapping[str, _Packages] = {
    soname: _Packages(debian, alpine, rpm)
    for soname, debian, alpine, rpm in (row.split() for row in _ROWS.split("\n") if row)
}
_DEBIAN = frozenset({"debian", "linuxmint", "pop", "raspbian", "ubuntu"})
_RPM = frozenset({"almalinux", "amzn", "centos", "fedora", "ol", "rhel", "rocky", "ubi"})


def package_of(soname: str, environment: RuntimeEnvironment) -> str | None:
    """The package that brings a library on a target; None where that is not known.

    On Debian 13 and Ubuntu 24.04 some have ``t64`` behind the name; their package manager knows the old one.
    """
    row, system = _TABLE.get(soname), environment.text("os.id")
    if row is None:
        return None
    if system in _DEBIAN:
        return row.debian
    if system in _RPM:
        return row.rpm
    return row.alpine if system == "alpine" else None


def installer_of(environment: RuntimeEnvironment) -> str | None:
    """The command that installs packages on a target, such as ``apt-get install``; None if not known."""
    system = environment.text("os.id")
    if system in _DEBIAN:
        return "apt-get install"
    if system in _RPM:
        return "dnf install"
    return "apk add" if system == "alpine" else None
