using System.Globalization;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>The form that asks for a day and an instant.</summary>
/// <param name="Action">The address of the page that answers.</param>
/// <param name="At">What was asked.</param>
internal sealed record AsOfFormView(string Action, BitemporalPoint At)
{
    /// <summary>
    /// The instant as the field shows it, in the city's own time; never before the instant asked for, or the form would ask another
    /// question.
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
