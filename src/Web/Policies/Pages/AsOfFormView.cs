using System.Globalization;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>The form that asks for a day (asOf) and an instant (knownAt).</summary>
/// <param name="Action">The address that the form is sent to.</param>
/// <param name="At">The point in time that the page shows.</param>
internal sealed record AsOfFormView(string Action, BitemporalPoint At)
{
    /// <summary>
    /// The instant as the field shows it, in the city's local time, rounded up to the millisecond: sent again, the form must not ask for
    /// an earlier instant.
    /// </summary>
    public string KnownAt
    {
        get
        {
            if (At.IsNow)
                return "";
            var local = At.City.LocalTime(
                new DateTimeOffset(
                    (At.KnownAt.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond,
                    TimeSpan.Zero
                )
            );
            return local.ToString(
                local.Millisecond != 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff"
                    : local.Second != 0 ? "yyyy-MM-dd'T'HH:mm:ss"
                    : "yyyy-MM-dd'T'HH:mm",
                CultureInfo.InvariantCulture
            );
        }
    }
}
