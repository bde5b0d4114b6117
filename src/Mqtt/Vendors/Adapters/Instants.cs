namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>Checks and converts the instants in vendors' messages.</summary>
internal static class Instants
{
    private static readonly DateTimeOffset First = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether an instant is from 2000 to 2099.</summary>
    public static bool IsPlausible(DateTimeOffset at) => at >= First && at < End;

    /// <summary>Converts seconds or milliseconds since 1970. The two do not overlap in this century.</summary>
    public static bool TryUnix(long number, out DateTimeOffset at)
    {
        at = default;
        var isSeconds = number is > 0 and < 10_000_000_000;
        if (!isSeconds && number is not (> 0 and < 10_000_000_000_000))
            return false;
        at = isSeconds ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
        return IsPlausible(at);
    }
}
