using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>
/// No grain waits in its activation for one that may wait for it: both would wait until their calls time out, and the registry would not
/// start.
/// </summary>
public sealed class ActivationTests
{
    /// <summary>The methods that return a grain or call one, and the interface of that grain.</summary>
    private static readonly Dictionary<string, string> Interfaces = new()
    {
        ["Device"] = "IDeviceGrain",
        ["Place"] = "IPlaceGrain",
        ["Partition"] = "IPresencePartitionGrain",
        ["PartitionOf"] = "IPresencePartitionGrain",
        ["Policies"] = "IPoliciesGrain",
        ["Governance"] = "IPoliciesGrain",
        ["History"] = "IPoliciesGrain",
    };

    private static readonly TypeDeclarationSyntax[] Types =
    [
        .. SourceTree
            .Files.Where(file => file.Path.StartsWith("src/Grains/", StringComparison.Ordinal))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>()),
    ];

    private static readonly ClassDeclarationSyntax[] Grains =
    [
        .. Types.OfType<ClassDeclarationSyntax>().Where(type => type.BaseList?.Types.Any(basis => basis.ToString() == "Grain") == true),
    ];

    [Fact]
    public void Grains_wait_for_each_other_in_their_activations_in_one_direction_only()
    {
        var waits = Grains.ToDictionary(InterfaceOf, grain => CallsInActivation(grain).Select(call => call.Interface).ToHashSet());
        Assert.Equal(4, waits.Count);
        Assert.Contains("IPoliciesGrain", waits["IPlaceGrain"]); // So the test sees calls at all.
        Assert.All(waits.Keys, grain => Assert.DoesNotContain(grain, Reached(grain)));

        HashSet<string> Reached(string from)
        {
            var reached = new HashSet<string>();
            var open = new Stack<string>(waits[from]);
            while (open.TryPop(out var next))
            {
                if (reached.Add(next))
                    waits[next].ToList().ForEach(open.Push);
            }

            return reached;
        }
    }

    [Fact]
    public void A_grain_answers_calls_from_activations_also_while_it_waits_itself()
    {
        var reentrant = Grains.Where(grain => Has(grain.AttributeLists, "Reentrant")).Select(InterfaceOf).ToHashSet();
        var interleaving = Types
            .OfType<InterfaceDeclarationSyntax>()
            .SelectMany(
                type => type.Members.OfType<MethodDeclarationSyntax>(),
                (type, method) => (Type: type.Identifier.Text, Method: method)
            )
            .Where(member => Has(member.Method.AttributeLists, "AlwaysInterleave"))
            .Select(member => (member.Type, member.Method.Identifier.Text))
            .ToHashSet();
        SourceTree.AssertNone(
            from grain in Grains
            from call in CallsInActivation(grain)
            where !reentrant.Contains(call.Interface) && !interleaving.Contains(call)
            select $"{grain.Identifier.Text} calls {call.Interface}.{call.Method} in its activation; that method does not interleave"
        );
    }

    private static string InterfaceOf(ClassDeclarationSyntax grain) =>
        grain
            .BaseList!.Types.Select(basis => basis.ToString())
            .Single(name => name.StartsWith('I') && name.EndsWith("Grain", StringComparison.Ordinal));

    /// <summary>Every call of another grain for which an activation may wait. What a timer does later is not among them.</summary>
    private static IEnumerable<(string Interface, string Method)> CallsInActivation(ClassDeclarationSyntax grain)
    {
        var methods = grain.Members.OfType<MethodDeclarationSyntax>().ToLookup(method => method.Identifier.Text);
        var seen = new HashSet<string>();
        var open = new Stack<string>(["OnActivateAsync"]);
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name))
                continue;
            foreach (var node in methods[name].SelectMany(method => method.DescendantNodes(node => !IsTimer(node))))
            {
                if (node is IdentifierNameSyntax { Identifier.Text: var named } && methods.Contains(named))
                    open.Push(named);
                if (node is InvocationExpressionSyntax call && CallOf(call) is { } found)
                    yield return found;
            }
        }
    }

    /// <summary>The grain and the method of <c>GrainFactory.Device(id).Describe()</c> or <c>GrainFactory.Governance()</c>.</summary>
    private static (string Interface, string Method)? CallOf(InvocationExpressionSyntax call) =>
        call.Expression switch
        {
            MemberAccessExpressionSyntax
            {
                Name.Identifier.Text: var direct,
                Expression: IdentifierNameSyntax { Identifier.Text: "GrainFactory" }
            } when direct is "Governance" or "History" => (Interfaces[direct], direct),
            MemberAccessExpressionSyntax
            {
                Name.Identifier.Text: var method,
                Expression: InvocationExpressionSyntax
                {
                    Expression: MemberAccessExpressionSyntax
                    {
                        Name.Identifier.Text: var factory,
                        Expression: IdentifierNameSyntax { Identifier.Text: "GrainFactory" }
                    }
                }
            } => (Interfaces[factory], method),
            _ => null,
        };

    private static bool IsTimer(Microsoft.CodeAnalysis.SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "RegisterGrainTimer" } };

    private static bool Has(Microsoft.CodeAnalysis.SyntaxList<AttributeListSyntax> lists, string attribute) =>
        lists.SelectMany(list => list.Attributes).Any(one => one.Name.ToString() == attribute);
}
