// Boost.JSON itself, which Debian has as headers: compiled here, once.
#include <boost/json/src.hpp>
