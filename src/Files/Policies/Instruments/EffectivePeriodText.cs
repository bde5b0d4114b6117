using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>A period in the words of the files. <see cref="EffectivePeriodSchema"/> reads it back as the same period.</summary>
/// <param name="NotBefore">Null where it is the day on which the text was passed, or where the first day is known.</param>
internal sealed record EffectivePeriodText(string From, string? NotBefore, string? KnownBy, string? Condition, string To, string? EndedBy)
{
    public static EffectivePeriodText ForVersion(InstrumentVersion version)
    {
        var effective = version.Effective;
        var hasNotBefore = effective.From is null && effective.FromNotBefore != version.Passed;
        var openOrUnknown = effective.Ended ? EffectivePeriodSchema.Unknown : EffectivePeriodSchema.Open;
        return new EffectivePeriodText(
            effective.From?.ToString() ?? EffectivePeriodSchema.Unknown,
            hasNotBefore ? effective.FromNotBefore?.ToString() ?? EffectivePeriodSchema.Unknown : null,
            effective.FromKnownBy?.ToString(),
            effective.Condition,
            effective.To?.ToString() ?? openOrUnknown,
            effective.EndKnownBy?.ToString()
        );
    }
}
