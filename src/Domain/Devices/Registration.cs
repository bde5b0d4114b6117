using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>What must hold of a device before it is registered. Pure; whether its place and gateway exist, the register knows.</summary>
public static class Registration
{
    /// <summary>The bounds of a deadline of its own, in seconds.</summary>
    public const int MinDeadlineSeconds = 10,
        MaxDeadlineSeconds = 86_400;

    /// <summary>The longest reason of an act in the register, in characters.</summary>
    public const int MaxReason = 500;

    /// <summary>Why an act cannot have this reason; null when it can.</summary>
    public static Refusal? CheckReason(string? reason) =>
        reason?.Length > MaxReason
            ? new Refusal("invalid", $"The reason has {reason.Length} characters: at most {MaxReason}.", "reason")
            : null;

    /// <summary>Every reason why a gateway cannot be registered like this; none when it can.</summary>
    public static ImmutableArray<Refusal> Check(Gateway gateway, City city)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentNullException.ThrowIfNull(city);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        if (!Identifier.IsValid(gateway.Id))
            refusals.Add(
                new Refusal("invalid", $"'{gateway.Id}' is no id: small letters, digits and hyphens, at most {Identifier.MaxLength}.", "id")
            );
        if (gateway.Profile is not null && !Identifier.IsValid(gateway.Profile))
            refusals.Add(new Refusal("invalid", $"'{gateway.Profile}' is no id of a device profile.", "profile"));
        if (city.Department(gateway.Department) is null)
            refusals.Add(
                new Refusal(
                    "invalid",
                    $"There is no department '{gateway.Department}': expected one of {string.Join(", ", city.Departments.Select(department => department.Id))}.",
                    "department"
                )
            );
        return refusals.ToImmutable();
    }

    /// <summary>Every reason why a device cannot be registered like this; none when it can.</summary>
    public static ImmutableArray<Refusal> Check(Device device, City city)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(city);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        if (!Identifier.IsValid(device.Id))
            Refuse(
                "id",
                $"'{device.Id}' is no id: small letters, digits and hyphens, at most {Identifier.MaxLength}, and no name, badge or serial number."
            );
        if (device.Sensors.IsDefaultOrEmpty || device.Sensors.Distinct().Count() != device.Sensors.Length)
            Refuse("sensors", "Name what it can take in, each once, and at least one: a sensor that is switched off today is named too.");
        if (city.Department(device.Department) is null)
            Refuse(
                "department",
                $"There is no department '{device.Department}': expected one of {string.Join(", ", city.Departments.Select(department => department.Id))}."
            );
        if (device.OwnDeadlineSeconds is { } deadline && deadline is < MinDeadlineSeconds or > MaxDeadlineSeconds)
            Refuse("deadlineSeconds", $"A deadline of {deadline} seconds: expected {MinDeadlineSeconds} to {MaxDeadlineSeconds}.");
        if (DeviceKind.Find(device.Kind) is not { } kind)
            Refuse("kind", $"There is no kind '{device.Kind}': expected one of {string.Join(", ", DeviceKind.All.Select(one => one.Id))}.");
        else if (kind.IsMobile && (device.Place is not null || device.Fleet is null || !Identifier.IsValid(device.Fleet)))
            Refuse("fleet", "A mobile unit belongs to a fleet and has no place: it has no position anywhere.");
        else if (!kind.IsMobile && (device.Fleet is not null || device.Place is null))
            Refuse("place", "A fixed unit covers a place and belongs to no fleet.");
        return refusals.ToImmutable();

        void Refuse(string where, string sentence) => refusals.Add(new Refusal("invalid", sentence, where));
    }
}

/// <summary>
/// One-time codes with which an installer fetches a new unit's secret: 100 random bits in letters that are not mistaken for each other.
/// </summary>
public static class ClaimCode
{
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Groups = 4,
        GroupLetters = 5;

    /// <summary>How long a code can be used.</summary>
    public static TimeSpan Lasts { get; } = TimeSpan.FromHours(24);

    /// <summary>A new code, e.g. <c>7K3QX-2MPRA-…</c>.</summary>
    public static string New() =>
        string.Join(
            '-',
            Enumerable.Range(0, Groups).Select(_ => System.Security.Cryptography.RandomNumberGenerator.GetString(Letters, GroupLetters))
        );

    /// <summary>What is kept of a code: 32 bytes. Blanks, hyphens and small letters make no difference to whoever types it.</summary>
    public static byte[] Hash(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return DeviceSecret.Hash(
            new string([.. code.ToUpperInvariant().Where(letter => Letters.Contains(letter, StringComparison.Ordinal))])
        );
    }
}
