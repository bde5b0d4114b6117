using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>A client that may sign in: a device, or a gateway for the devices registered behind it.</summary>
/// <param name="Id">The client id and user name.</param>
/// <param name="Device">The device; null for a gateway.</param>
/// <param name="Profile">The profile that maps a gateway's vendor topics; null when it publishes only to the registry's own.</param>
/// <param name="Credentials">Its valid credentials.</param>
public sealed record EnrolledClient(string Id, Device? Device, string? Profile, ImmutableArray<Credential> Credentials)
{
    /// <summary>
    /// The credentials that a removed device had, the newest first, at most <see cref="MaxEnded"/>; empty for every other client. They let
    /// the broker recognise the device, and admit it no more.
    /// </summary>
    public ImmutableArray<Credential> EndedCredentials { get; init; } = [];

    /// <summary>The most ended credentials that are looked at.</summary>
    public const int MaxEnded = 8;
}
