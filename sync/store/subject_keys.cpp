#include "sync/store/subject_keys.h"

#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

constexpr std::string_view mark = "DSK1";
constexpr std::size_t id_bytes = 16;

Error does_not_open() {
    return {Fault::damaged, "A body does not open: it was altered, or the key of its subject is gone.",
            "Check that endpoint.keys is the one that was made with this endpoint."};
}

}  // namespace

bool SubjectKeys::looks_sealed(std::string_view kept) {
    return kept.starts_with(mark) && kept.size() > mark.size() + id_bytes;
}

Result<std::string> SubjectKeys::wrapped_key(const Uuid& subject) const {
    std::string wrapped;
    TRY_DO(sql_->query("select wrapped from subject_key where partnership = :partnership and subject = "
                       ":subject",
                       {{"partnership", home_partnership}, {"subject", sql_value(subject)}},
                       [&](const SqlRow& row) {
                           wrapped = row.blob(0);
                           return false;
                       }));
    return wrapped;
}

Result<std::string> SubjectKeys::seal(const Uuid& subject, const Uuid& fact, std::string_view json) const {
    TRY(auto wrapped, wrapped_key(subject));
    const bool made = wrapped.empty();
    if (made) {
        wrapped = seal_.new_key(subject);
        TRY_DO(sql_->run("insert into subject_key(partnership, subject, wrapped) values(:partnership, "
                         ":subject, :wrapped) on conflict do nothing",
                         {{"partnership", home_partnership},
                          {"subject", sql_value(subject)},
                          {"wrapped", Blob{wrapped}}}));
    }
    if (made) {
        TRY(wrapped, wrapped_key(subject));  // another process may have been first
    }
    auto sealed = seal_.seal(wrapped, subject, fact, wire::compress(json));
    if (!sealed)
        return does_not_open();
    return std::string(mark).append(subject.raw()).append(*sealed);
}

Result<std::string> SubjectKeys::open(const Uuid& fact, std::string kept) const {
    if (!looks_sealed(kept))
        return kept;
    const std::string_view rest = std::string_view(kept).substr(mark.size());
    const auto subject = Uuid::from_bytes(rest.substr(0, id_bytes));
    if (!subject)
        return does_not_open();
    TRY(const auto wrapped, wrapped_key(*subject));
    const auto frame = seal_.open(wrapped, *subject, fact, rest.substr(id_bytes));
    if (!frame)
        return does_not_open();
    return wire::expand(*frame, limits::frame_bytes_max);
}

Result<void> SubjectKeys::forget(const Uuid& subject) const {
    TRY_DO(sql_->run("delete from subject_key where partnership = :partnership and subject = :subject",
                     {{"partnership", home_partnership}, {"subject", sql_value(subject)}}));
    return {};
}

}  // namespace doorstep
