using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>The English texts of the first view of a notice. They are part of <see cref="PageTexts"/>.</summary>
internal static class FirstViewTexts
{
    /// <summary>Key → English text.</summary>
    public static ImmutableDictionary<string, string> English { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format.short"] = "h:mm tt, MMM d",
            ["format.short.year"] = "h:mm tt, MMM d, yyyy",
            ["view.capture.video"] = "video",
            ["view.capture.stills"] = "photos",
            ["view.capture.audio"] = "sound",
            ["view.capture.plates"] = "license plates",
            ["view.capture.faces"] = "faces",
            ["view.capture.location"] = "location",
            ["view.capture.more"] = "more",
            // The headline.
            ["view.recorded.one"] = "{captures} is recorded here",
            ["view.recorded.many"] = "{captures} are recorded here",
            ["view.maybe.one"] = "{captures} may be recorded here",
            ["view.maybe.many"] = "{captures} may be recorded here",
            ["view.live.one"] = "{captures} is live here",
            ["view.live.many"] = "{captures} are live here",
            ["view.can.one"] = "{captures} can be recorded here",
            ["view.can.many"] = "{captures} can be recorded here",
            ["view.also.maybe"] = "{captures} may be, too",
            ["view.also.live"] = "live: {captures}",
            ["view.sentence"] = "{text}.",
            ["view.no-device"] = "No City device is registered here",
            // A row.
            ["view.state"] = "{capture}: {state}",
            ["view.state.recorded"] = "recorded now",
            ["view.state.live"] = "live now",
            ["view.state.maybe"] = "may be recorded",
            ["view.state.can"] = "can be recorded",
            ["view.since"] = "since {time}",
            ["view.silent"] = "unknown since {time}",
            ["view.never"] = "unknown: not heard yet",
            ["view.unstated"] = "unknown: its device does not say",
            ["view.unconfirmed"] = "not confirmed now",
            ["view.withdrawn"] = "its removal is not confirmed",
            ["view.fleet"] = "staff carry or drive these",
            ["view.off"] = "off in the last report; this can change",
            ["view.others"] = "Others may be present",
            ["view.exceeds.rule"] = "No rule allows this",
            ["view.exceeds.some"] = "No rule allows this for some devices",
            ["view.exceeds.status"] = "Its status forbids this",
            ["view.exceeds.register"] = "The register does not list this",
            // Who, why, one rule, one retention.
            ["view.label.who"] = "Who",
            ["view.label.why"] = "Why",
            ["view.label.rule"] = "Rule",
            ["view.label.retention"] = "Storage",
            ["view.label.more"] = "Ask or read more",
            ["view.who"] = "{name}, {phone}",
            ["view.rule"] = "{citation}, {title}",
            ["view.and-more"] = "{text}, and {count} more",
            ["view.differ"] = "{text}; some differ",
            ["view.retention.none"] = "Not published by the City",
            // What a screen adds.
            ["screen.full"] = "The full notice",
            ["screen.unreviewed"] = "Translation not reviewed",
        }.ToImmutableDictionary(StringComparer.Ordinal);
}
