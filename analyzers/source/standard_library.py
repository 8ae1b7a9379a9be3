"""Whether a module belongs to the standard library of any Python, those that lost it included."""

from __future__ import annotations

import sys

# PEP 594, PEP 632 and "What's New"; then what the running Python may be too old to have.
_OTHERS = frozenset(
    """aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils dummy_threading formatter imghdr imp lib2to3
    macpath mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib
    annotationlib compression profiling tomllib graphlib zoneinfo
    BaseHTTPServer CGIHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO Tkinter
    UserDict UserList UserString __builtin__ _winreg anydbm cPickle cStringIO commands cookielib copy_reg dumbdbm
    exceptions gdbm htmlentitydefs httplib md5 mimetools new popen2 robotparser sets sgmllib sha thread tkFileDialog
    ttk urllib2 urlparse whichdb xmlrpclib DocXMLRPCServer SimpleXMLRPCServer""".split()
)


def is_standard(module: str) -> bool:
    """Whether a dotted module belongs to the standard library."""
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root in _OTHERS or root == "__main__"
