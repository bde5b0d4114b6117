using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Staff sessions across restarts, and the passwords of sample staff.</summary>
public sealed partial class StaffSessionTests
{
    [Fact]
    public async Task A_session_survives_a_restart_and_its_https_cookie_is_host_only()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        registry.ExtraSettings["REGISTRY_PUBLIC_URL"] = "https://registry.city.example";
        await registry.StartAsync("--sample-staff");
        var line = SignIn().Match(Assert.Single(registry.SignInLines, line => line.Contains("editor@", StringComparison.Ordinal)));
        Assert.Equal(4, registry.SignInLines.Count);
        using var visitor = new StaffVisitor(registry.Http, isBehindTls: true);
        Assert.True(await visitor.SignInAsync(line.Groups[1].Value, line.Groups[2].Value));
        Assert.All(
            visitor.Set,
            cookie =>
            {
                Assert.StartsWith("__Host-registry-staff", cookie, StringComparison.Ordinal);
                Assert.All(new[] { "path=/;", "; secure", "; httponly" }, part => Assert.Contains(part, cookie, StringComparison.Ordinal));
                Assert.DoesNotContain("domain=", cookie, StringComparison.Ordinal);
            }
        );

        await registry.StopAsync();
        await registry.StartAsync();
        Assert.Empty(registry.SignInLines);
        visitor.GoTo(registry.Http);
        Assert.True(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Sample_staff_get_new_passwords_at_every_start_and_no_real_city_has_them()
    {
        var policies = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("real-city-").FullName);
        await Programs.RunAsync("cp", ["-r", Path.Combine(Programs.Root, "policies") + "/.", policies]);
        var (city, inventory) = (Path.Combine(policies, "city.yaml"), Path.Combine(policies, "..", Path.GetFileName(policies) + ".yaml"));
        await File.WriteAllTextAsync(
            city,
            (await File.ReadAllTextAsync(city)).Replace("sample: true", "sample: false", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(
            inventory,
            (await File.ReadAllTextAsync(Path.Combine(Programs.Root, "devices/sample-city.yaml"))).Replace(
                "sample: true",
                "sample: false",
                StringComparison.Ordinal
            )
        );
        await using (var registry = new RegistryHost())
        {
            (registry.ExtraSettings["REGISTRY_POLICIES"], registry.ExtraSettings["REGISTRY_DEVICES"]) = (policies, inventory);
            var (code, output, errors) = await Programs.CommandAsync(registry.Settings, "serve", "--sample-staff");
            Assert.Equal((2, ""), (code, output.Trim()));
            Assert.Contains("serves a real city", errors, StringComparison.Ordinal);
        }

        Directory.Delete(policies, recursive: true);
        File.Delete(inventory);
        await using var sample = await Snapshot.CreateHostAsync();
        await sample.StartAsync("--sample-staff");
        var before = sample.SignInLines.ToArray();
        await sample.StopAsync();
        await sample.StartAsync("--sample-staff");
        Assert.Empty(before.Intersect(sample.SignInLines));
        Assert.Equal(4, sample.SignInLines.Count);
    }

    [GeneratedRegex("as (\\S+) with (\\S+)")]
    private static partial Regex SignIn();
}
