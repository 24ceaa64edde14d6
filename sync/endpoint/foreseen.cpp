#include "sync/endpoint/foreseen.h"

#include <iterator>

#include "sync/endpoint/concerns.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/subject_keys.h"
#include "sync/wire/limits.h"
#include "sync/wire/signed_text.h"

namespace doorstep {

namespace {

std::vector<wire::OpenedOperation> open_or_keep(const wire::Envelope& envelope, const KeyPair* sealing,
                                                const wire::PhraseBooks& books) {
    if (wire::is_forgotten(envelope))
        return {};  // its tablet was told to forget it; what is left of it stands here or in no backup
    const auto plain = unsealed(envelope, sealing, books);
    auto opened =
        plain.ok() ? wire::open_envelope(*plain) : Result<std::vector<wire::OpenedOperation>>(plain.error());
    if (opened.ok())
        return std::move(*opened);
    wire::OpenedOperation unreadable;
    unreadable.sequence = envelope.first_sequence;
    unreadable.json = envelope.body.empty() ? "empty" : envelope.body;
    unreadable.problem = opened.error().what;
    return {std::move(unreadable)};
}

}  // namespace

std::vector<RestrictedPart> restricted_of(std::span<const wire::OpenedOperation> facts,
                                          const WorkingKeys* keys, const wire::PhraseBooks& books) {
    std::vector<RestrictedPart> all;
    for (const auto& one : facts) {
        const auto* finished =
            one.operation ? std::get_if<QuestionnaireFinished>(&one.operation->payload) : nullptr;
        if (!finished)
            continue;
        TakingConcerns by;
        if (keys != nullptr)
            by = {&keys->sealing, keys->safeguarding};
        if (const auto& words = books.of(finished->form.hash).officers_words(); !words.empty())
            by.words = &words;
        auto parts = parts_to_keep(by, one.operation->subject, *finished);
        all.insert(all.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
    }
    return all;
}

OpenedFacts open_facts(const wire::Envelope& envelope, const WorkingKeys* keys,
                       const wire::PhraseBooks& books) {
    OpenedFacts opened{open_or_keep(envelope, keys ? &keys->sealing : nullptr, books), {}};
    opened.restricted = restricted_of(opened.facts, keys, books);
    return opened;
}

void work_out(Foreseen& foreseen, const EndpointRequest& request, const WorkingKeys* keys,
              const wire::PhraseBooks& books) {
    foreseen.worked_out = true;
    const auto mark = wire::read(request.mark);
    foreseen.good =
        mark && verify(foreseen.key, wire::request_purpose,
                       wire::request_text(request.method, request.target, request.body, request.mark),
                       mark->signature);
    // Nobody else's seals are opened, and nothing that the route would not look at.
    if (!foreseen.good || request.method != "POST" || request.target != "/v1/push" ||
        request.body.size() > limits::push_bytes_max || !request.content_encoding.empty())
        return;
    foreseen.push = wire::decode_push_request(request.body);
    if (!foreseen.push->ok())
        return;
    for (const auto& envelope : (**foreseen.push).envelopes) {
        auto& opened = foreseen.opened.emplace_back();
        if (envelope.last_sequence() <= foreseen.acked_through)
            continue;
        opened = open_facts(envelope, keys, books);
        for (auto& fact : opened.facts)
            fact.packed = SubjectKeys::packed(fact.json);
    }
}

}  // namespace doorstep
