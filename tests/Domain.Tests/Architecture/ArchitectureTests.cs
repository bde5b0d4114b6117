using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>The references between projects, and what Domain must never use.</summary>
public sealed class ArchitectureTests
{
    /// <summary>Each project, and the projects and packages that it may use.</summary>
    private static readonly Dictionary<string, string[]> References = new()
    {
        ["src/Domain"] = [],
        ["src/Grains"] =
        [
            "Domain",
            "Microsoft.Orleans.Server",
            "Microsoft.Orleans.Connections.Security",
            "Microsoft.Orleans.Serialization.SystemTextJson",
        ],
        ["src/Files"] = ["Domain", "YamlDotNet", "CsvHelper", "ExcelDataReader", "NetTopologySuite", "NetTopologySuite.IO.GeoJSON4STJ"],
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
        ["src/Signing"] = ["Domain", "NSec.Cryptography", "System.Security.Cryptography.Pkcs"],
        ["src/Delivery"] = ["Grains", "Microsoft.AspNetCore.App", "MailKit"],
        ["src/Mqtt"] = ["Grains", "Microsoft.AspNetCore.App", "MQTTnet.AspNetCore", "Google.Protobuf"],
        ["src/Web"] =
        [
            "Microsoft.AspNetCore.OpenApi",
            "Grains",
            "Microsoft.AspNetCore.App",
            "DiffPlex",
            "Otp.NET",
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
            "Delivery",
            "Simulator",
            "System.CommandLine",
            "OpenTelemetry.Extensions.Hosting",
            "OpenTelemetry.Exporter.OpenTelemetryProtocol",
        ],
        ["devices/Simulator"] = ["Domain", "MQTTnet", "Microsoft.Extensions.Logging.Abstractions"],
    };

    /// <summary>
    /// Types and members that would bring a clock, the disk, the network, the console or another process into Domain.
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

    public static TheoryData<string> Projects() => [.. References.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_it_is_named_for(string project)
    {
        var file = XDocument.Load(Directory.GetFiles(Path.Combine(SourceTree.Root, project), "*.csproj").Single());
        var uses = file.Descendants()
            .Where(node => node.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference")
            .Select(node => node.Attribute("Include")!.Value)
            .Select(name => name.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name);
        Assert.Empty(uses.Except(References[project]));
    }

    [Fact]
    public void Every_project_stands_in_the_table_of_references()
    {
        var projects = Directory
            .GetFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(SourceTree.Root, "devices"), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(SourceTree.Root, Path.GetDirectoryName(path)!).Replace('\\', '/'));
        Assert.Equal(References.Keys.Order(), projects.Order());
    }

    [Theory]
    [InlineData("src/Postgres", "Npgsql")]
    [InlineData("src/Postgres", "Dapper")]
    [InlineData("src/Mqtt", "MQTTnet.AspNetCore")]
    [InlineData("src/Mqtt", "Google.Protobuf")]
    [InlineData("src/Files", "YamlDotNet")]
    [InlineData("src/Files", "CsvHelper")]
    [InlineData("src/Files", "ExcelDataReader")]
    [InlineData("src/Files", "NetTopologySuite")]
    [InlineData("src/Files", "NetTopologySuite.IO.GeoJSON4STJ")]
    [InlineData("src/Web", "Microsoft.AspNetCore.OpenApi")]
    [InlineData("src/Web", "DiffPlex")]
    [InlineData("src/Web", "Otp.NET")]
    [InlineData("src/Web", "QRCoder")]
    [InlineData("src/Delivery", "MailKit")]
    [InlineData("src/Signing", "NSec.Cryptography")]
    [InlineData("src/Signing", "System.Security.Cryptography.Pkcs")]
    [InlineData("src/Web", "System.ServiceModel.Syndication")]
    [InlineData("src/Web", "Microsoft.AspNetCore.Authentication.OpenIdConnect")]
    public void An_outside_technology_is_hidden_from_the_projects_above_it(string project, string package)
    {
        var file = XDocument.Load(Directory.GetFiles(Path.Combine(SourceTree.Root, project), "*.csproj").Single());
        var reference = file.Descendants("PackageReference").Single(node => node.Attribute("Include")!.Value == package);
        Assert.Equal("compile", reference.Attribute("PrivateAssets")?.Value);
    }

    [Fact]
    public void Domain_has_no_clock_and_no_input_or_output()
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
    public void Domain_uses_nothing_but_the_base_library() =>
        Assert.All(
            typeof(Json).Assembly.GetReferencedAssemblies(),
            assembly => Assert.StartsWith("System.", assembly.Name, StringComparison.Ordinal)
        );

    [Fact]
    public void The_values_of_Domain_cannot_change()
    {
        // Structs are left out: a struct is copied, and a change of one copy is seen by no other.
        var mutable =
            from type in typeof(Json).Assembly.GetExportedTypes()
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
    [InlineData("Delivery")]
    [InlineData("Mqtt")]
    [InlineData("Web")]
    public void Every_public_interface_and_enum_is_documented(string project)
    {
        var undocumented =
            from file in Directory.GetFiles(Path.Combine(SourceTree.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            where !file.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            let lines = File.ReadAllLines(file)
            from i in Enumerable.Range(0, lines.Length)
            where System.Text.RegularExpressions.Regex.IsMatch(lines[i], @"^public .*\b(interface|enum)\b")
            where
                !lines
                    .Take(i)
                    .Reverse()
                    .TakeWhile(line => line.StartsWith("///", StringComparison.Ordinal) || line.StartsWith('['))
                    .Any(line =>
                        line.Contains("</summary>", StringComparison.Ordinal) || line.Contains("/// <summary>", StringComparison.Ordinal)
                    )
            select $"{Path.GetRelativePath(SourceTree.Root, file)}:{i + 1}";
        Assert.Empty(undocumented);
    }

    [Fact]
    public void Every_line_of_SQL_stands_in_the_Postgres_project()
    {
        var statement = new System.Text.RegularExpressions.Regex(
            @"\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b",
            System.Text.RegularExpressions.RegexOptions.None
        );
        var elsewhere = Directory
            .GetFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
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
}
