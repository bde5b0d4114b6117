using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>Holds the arrows between the floors, and what the Domain may never touch.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    /// <summary>Floor → the floors and packages that it may use. Nothing else, not even for a moment.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["src/Domain"] = [],
        ["src/Grains"] = ["Domain", "Microsoft.Orleans.Server", "Microsoft.Orleans.Serialization.SystemTextJson"],
        ["src/Files"] = ["Domain", "YamlDotNet", "CsvHelper"],
        ["src/Postgres"] =
        [
            "Domain",
            "Npgsql",
            "Dapper",
            "dbup-postgresql",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
        ],
        ["src/Signing"] = ["Domain", "NSec.Cryptography"],
        ["src/Mqtt"] = ["Grains", "Microsoft.AspNetCore.App", "MQTTnet.AspNetCore", "Google.Protobuf"],
        ["src/Web"] =
        [
            "Microsoft.AspNetCore.OpenApi",
            "Grains",
            "Microsoft.AspNetCore.App",
            "QRCoder",
            "System.ServiceModel.Syndication",
            "Microsoft.AspNetCore.Authentication.OpenIdConnect",
        ],
        ["src/Registry"] =
        [
            "Web",
            "Mqtt",
            "Postgres",
            "Files",
            "Signing",
            "Simulator",
            "System.CommandLine",
            "OpenTelemetry.Extensions.Hosting",
            "OpenTelemetry.Exporter.OpenTelemetryProtocol",
        ],
        ["devices/Simulator"] = ["Domain", "MQTTnet", "Microsoft.Extensions.Logging.Abstractions"],
    };

    /// <summary>
    /// Types and members by which a clock, the disk, the network, the console or another process would come into the Domain.
    /// </summary>
    private static readonly string[] Forbidden =
    [
        "System.IO.File",
        "System.IO.Directory",
        "System.IO.FileStream",
        "System.IO.StreamReader",
        "System.IO.StreamWriter",
        "System.Net.",
        "System.Console",
        "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch",
        "System.Environment.get_TickCount",
        "System.Environment.get_TickCount64",
        "System.Environment.GetEnvironmentVariable",
        "System.Environment.Exit",
        "System.TimeProvider",
        "System.Threading.Thread",
        "System.Threading.Timer",
        "System.DateTime.get_Now",
        "System.DateTime.get_UtcNow",
        "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow",
        "System.Threading.Tasks.Task.Delay",
        "System.Random",
        "System.Guid.NewGuid",
    ];

    public static TheoryData<string> Floors() => [.. Arrows.Keys];

    [Theory]
    [MemberData(nameof(Floors))]
    public void Keeps_its_arrows_each_floor_uses_only_what_it_is_named_for(string floor)
    {
        var project = XDocument.Load(Directory.GetFiles(Path.Combine(Root, floor), "*.csproj").Single());
        var uses = project
            .Descendants()
            .Where(node => node.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference")
            .Select(node => node.Attribute("Include")!.Value)
            .Select(name => name.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name);
        Assert.Empty(uses.Except(Arrows[floor]));
    }

    [Fact]
    public void Has_no_floor_that_the_arrows_do_not_know()
    {
        var projects = Directory
            .GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(Root, "devices"), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, Path.GetDirectoryName(path)!).Replace('\\', '/'));
        Assert.Equal(Arrows.Keys.Order(), projects.Order());
    }

    [Theory]
    [InlineData("src/Postgres", "Npgsql")]
    [InlineData("src/Postgres", "Dapper")]
    [InlineData("src/Mqtt", "MQTTnet.AspNetCore")]
    [InlineData("src/Mqtt", "Google.Protobuf")]
    [InlineData("src/Files", "YamlDotNet")]
    [InlineData("src/Files", "CsvHelper")]
    [InlineData("src/Web", "Microsoft.AspNetCore.OpenApi")]
    [InlineData("src/Web", "QRCoder")]
    [InlineData("src/Signing", "NSec.Cryptography")]
    [InlineData("src/Web", "System.ServiceModel.Syndication")]
    [InlineData("src/Web", "Microsoft.AspNetCore.Authentication.OpenIdConnect")]
    public void Hides_each_outside_technology_from_the_floors_above(string floor, string package)
    {
        var project = XDocument.Load(Directory.GetFiles(Path.Combine(Root, floor), "*.csproj").Single());
        var reference = project.Descendants("PackageReference").Single(node => node.Attribute("Include")!.Value == package);
        Assert.Equal("compile", reference.Attribute("PrivateAssets")?.Value);
    }

    [Fact]
    public void Has_a_Domain_without_a_clock_and_without_input_or_output()
    {
        using var stream = File.OpenRead(typeof(Json).Assembly.Location);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var members = metadata
            .MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => NameOf(metadata, (TypeReferenceHandle)member.Parent) + "." + metadata.GetString(member.Name))
            .ToArray();
        Assert.NotEmpty(members);
        Assert.DoesNotContain(
            members,
            member =>
                Forbidden.Any(name => member == name || member.StartsWith(name.EndsWith('.') ? name : name + ".", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Has_a_Domain_that_uses_nothing_but_the_base_library() =>
        Assert.All(
            typeof(Json).Assembly.GetReferencedAssemblies(),
            assembly => Assert.StartsWith("System.", assembly.Name, StringComparison.Ordinal)
        );

    [Fact]
    public void Has_a_Domain_whose_values_cannot_change()
    {
        var mutable =
            from type in typeof(Json).Assembly.GetExportedTypes()
            // What a struct holds belongs to whoever holds the struct: nobody else sees it change.
            where !type.IsValueType && !type.IsInterface && !(type.IsAbstract && type.IsSealed)
            from field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            where !field.IsInitOnly || field.FieldType.IsArray || IsMutableCollection(field.FieldType)
            select $"{type.Name}.{field.Name}";
        Assert.Empty(mutable);
        var settable =
            from type in typeof(Json).Assembly.GetExportedTypes()
            from property in type.GetProperties()
            where property.SetMethod is { } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
            select $"{type.Name}.{property.Name}";
        Assert.Empty(settable);
    }

    [Theory]
    [InlineData("Domain")]
    [InlineData("Grains")]
    [InlineData("Files")]
    [InlineData("Postgres")]
    [InlineData("Signing")]
    [InlineData("Mqtt")]
    [InlineData("Web")]
    public void Documents_every_public_type(string floor)
    {
        var undocumented =
            from file in Directory.GetFiles(Path.Combine(Root, "src", floor), "*.cs", SearchOption.AllDirectories)
            where !file.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            let lines = File.ReadAllLines(file)
            from i in Enumerable.Range(0, lines.Length)
            where System.Text.RegularExpressions.Regex.IsMatch(lines[i], @"^public .*\b(class|record|struct|interface|enum)\b")
            where
                !lines
                    .Take(i)
                    .Reverse()
                    .TakeWhile(line => line.StartsWith("///", StringComparison.Ordinal) || line.StartsWith('['))
                    .Any(line =>
                        line.Contains("</summary>", StringComparison.Ordinal) || line.Contains("/// <summary>", StringComparison.Ordinal)
                    )
            select $"{Path.GetRelativePath(Root, file)}:{i + 1}";
        Assert.Empty(undocumented);
    }

    [Fact]
    public void Keeps_every_line_of_sql_on_one_floor()
    {
        var statement = new System.Text.RegularExpressions.Regex(
            @"\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b",
            System.Text.RegularExpressions.RegexOptions.None
        );
        var elsewhere = Directory
            .GetFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Postgres/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line.Contains('"', StringComparison.Ordinal) && statement.IsMatch(line)));
        Assert.Empty(elsewhere);
    }

    private static bool IsMutableCollection(Type type) =>
        type.IsGenericType && type.Namespace == "System.Collections.Generic" && !type.IsInterface;

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The checkout was not found above " + AppContext.BaseDirectory);
    }
}
