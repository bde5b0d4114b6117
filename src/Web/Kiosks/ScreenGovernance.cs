using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// The governance for the frame of a screen's page: its languages and texts. A screen that starts while the registry has none at hand gets
/// the last one, or English.
/// </summary>
public sealed class ScreenGovernance(IGrainFactory grains, TimeProvider time, ILogger<ScreenGovernance> logger)
{
    /// <summary>How long a page waits for the governance or the register before it is sent without.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    /// <summary>A city without a name that speaks English.</summary>
    private static readonly GovernanceSnapshot English = new(
        new City("", false, "UTC", ["en"], [], new RecordsPortal("", "", "", 0, ""), 0),
        new GovernanceTable([], []),
        [],
        KnownChapters.None
    );

    private GovernanceSnapshot? _last;

    /// <summary>Returns the governance, and whether it is the city's own.</summary>
    public async Task<(GovernanceSnapshot Governance, bool IsOwn)> FindAsync()
    {
        try
        {
            _last = await grains.Governance().WaitAsync(MaxWait, time);
        }
        catch (Exception failure)
        {
            logger.LogWarning(
                "The governance is not at hand ({Reason}); a screen gets the {Which} texts and asks again.",
                failure.Message,
                _last is null ? "English" : "last"
            );
        }

        return _last is { } own ? (own, true) : (English, false);
    }
}
