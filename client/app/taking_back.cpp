// Undo instead of questions: what the latest notice offers to take back.
#include <utility>

#include "client/app/sitting_state.h"

namespace doorstep {
namespace {

using Decision = ProposedReferral::Decision;

Result<void> restore(OpenQuestionnaire& open, const ProposedReferral& former) {
    switch (former.decision) {
    case Decision::refused:
        return open.refuse(former.agency);
    case Decision::dropped:
        return open.drop(former.agency);
    case Decision::agreed:
        // An agreement that no answer suggests any more is asked about again, not renewed.
        if (!former.no_longer_suggested)
            return open.agree(former.agency, former.agreement);
        break;
    case Decision::open:
        break;
    }
    return open.reopen(former.agency);
}

}  // namespace

std::shared_ptr<const Notice> Sitting::State::notice(std::string said, Former former) {
    undoing = Undoing{tokens_from + ++tokens, std::move(former)};
    return std::make_shared<const Notice>(Notice{Notice::Kind::done, std::move(said), undoing->token});
}

Result<SittingTold> Sitting::State::undo(std::uint64_t token) {
    if (!undoing || undoing->token != token)
        return Error{Fault::not_found, words().say("This can no longer be taken back."),
                     words().say("Correct it on its page.")};
    const Undoing now = *std::exchange(undoing, std::nullopt);
    if (const auto* answer = std::get_if<FormerAnswer>(&now.former)) {
        TRY(SittingTold told, put(answer->node, answer->answer));
        // Taking back a taking back would never end.
        told.notice = nullptr;
        undoing.reset();
        return told;
    }
    const auto done = std::holds_alternative<ProposedReferral>(now.former)
                          ? restore(open, std::get<ProposedReferral>(now.former))
                          : open.undecide_offer(std::get<AddedOffer>(now.former).code);
    if (!done.ok())
        undoing = now;
    TRY_DO(noted(done));
    return SittingTold{};
}

}  // namespace doorstep
