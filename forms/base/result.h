// The one error scheme: a function that can fail returns Result<T>.
//
// An error is returned to whoever can tell the officer; it is never logged and
// forgotten.  Asserts are for our own mistakes, which no input can reach.
// Construction that can fail is a static open(), load() or begin().
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace doorstep {

// What a caller may do about an error, not where it arose.
enum class Fault {
    bad_input,      // the data is wrong; the text says where and how to mend it
    not_found,      // what was named does not exist
    refused,        // known and understood, but not allowed
    conflict,       // clashes with what is already there
    unreachable,    // no network, no server, no answer: try again later
    not_doorstep,   // something answered that is not our endpoint
    disk_full,      // nothing was changed; free space and repeat
    not_writable,   // the folder or file cannot be written
    newer_version,  // written by a newer Doorstep; nothing was changed
    damaged,        // stored data fails its own checks
    broken,         // a library or the system failed in a way we cannot name better
};

// `what` says what is wrong and where; `mend` what to do about it, or nothing.
// Neither ever holds personal data.
struct Error {
    Fault fault = Fault::broken;
    std::string what;
    std::string mend;

    std::string text() const { return mend.empty() ? what : what + " " + mend; }
};

template<class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // REQUIRES: ok()
    T& value() & { return (assert(ok()), *std::get_if<0>(&state_)); }
    const T& value() const& { return (assert(ok()), *std::get_if<0>(&state_)); }
    T&& value() && { return (assert(ok()), std::move(*std::get_if<0>(&state_))); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

    // REQUIRES: !ok()
    const Error& error() const { return (assert(!ok()), *std::get_if<1>(&state_)); }

private:
    std::variant<T, Error> state_;
};

template<>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), ok_(false) {}

    bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    const Error& error() const { return (assert(!ok_), error_); }

private:
    Error error_;
    bool ok_ = true;
};

}  // namespace doorstep

#define DOORSTEP_JOIN_(a, b) a##b
#define DOORSTEP_JOIN(a, b) DOORSTEP_JOIN_(a, b)

// TRY(auto rows, read(file)): declares `rows`, or returns the error of read().
#define TRY(declaration, expression)                                                                         \
    auto DOORSTEP_JOIN(result_, __LINE__) = (expression);                                                    \
    if (!DOORSTEP_JOIN(result_, __LINE__).ok())                                                              \
        return DOORSTEP_JOIN(result_, __LINE__).error();                                                     \
    declaration = std::move(DOORSTEP_JOIN(result_, __LINE__)).value()

// TRY_DO(write(file)): the same for a result without a value.
#define TRY_DO(expression)                                                                                   \
    do {                                                                                                     \
        if (auto try_do_ = (expression); !try_do_.ok())                                                      \
            return try_do_.error();                                                                          \
    } while (false)
